/** The few lines of sh around every command: a known environment, root where asked for, and marks in the output. */

/** How to become root: not at all; by `sudo -n`; or by a sudo that may ask for the password. Root itself never needs sudo. */
export type Privilege = "login" | "sudo" | "sudo-password";

const SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

// sbin is missing in the PATH that sshd gives to a login on Debian; a umask of 077 would hide what root installs.
const ENVIRONMENT = `case ":$PATH" in *:${SYSTEM_PATH}) ;; *) PATH="\${PATH:+$PATH:}${SYSTEM_PATH}" ;; esac
LC_ALL=C
export PATH LC_ALL
umask 022`;

/**
 * Runs last, as the user that the command runs as: says so on both streams, then becomes the command; unless nobody
 * listens any more. $2 is SSH_CONNECTION, which sudo does not pass on; $3 the pipe to read the input from, or empty.
 */
const START = `${ENVIRONMENT}
printf "%s:start;" "$1" || exit 1
printf "%s:start;" "$1" >&2 || exit 1
input=$3
if [ -n "$2" ]; then SSH_CONNECTION=$2; export SSH_CONNECTION; fi
shift 3
if [ -z "$input" ]; then exec "$@"; fi
cat <"$input" | "$@" # a program that opens /dev/stdin again would wait for ever for another writer of a named pipe`;

/**
 * Runs first, as the login user. $0 is the mark, $1 the privilege, $2 `input` or empty, $3 START; argv follows.
 *
 * Input does not pass through sudo, which may log all of it (`log_input`): the root's shell opens a named pipe of the login
 * user's, in a folder of his alone. What goes through a pipe is in memory only, on whatever disk its name is. sudo itself gets
 * the password, which it never logs: lines that begin with `p`, up to the line `.`, after which the input begins.
 */
const WRAPPER = `${ENVIRONMENT}
printf "%s:ready:%s;" "$0" $$ >&2
how=$1 input=$2 start=$3
shift 3
if [ "$how" = login ] || [ "$(id -u)" = 0 ]; then exec /bin/sh -c "$start" sh "$0" "\${SSH_CONNECTION:-}" "" "$@"; fi
command -v sudo >/dev/null || { printf "%s:nosudo;" "$0" >&2; exit 1; }
if [ -n "$input" ]; then
  input=
  for place in "\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" /dev/shm "\${TMPDIR:-/tmp}"; do
    folder=$(mktemp -d "$place/pulumi-mesh.XXXXXX" 2>/dev/null) || continue
    if mkfifo -m 600 "$folder/input" "$folder/password" 2>/dev/null; then input=$folder/input; break; fi
    rm -rf "$folder"
  done
  if [ -z "$input" ]; then printf "%s:nopipe;" "$0" >&2; exit 1; fi
fi
set -- /bin/sh -c "$start" sh "$0" "\${SSH_CONNECTION:-}" "$input" "$@"
if [ "$how" = sudo-password ]; then set -- -S -p "$0:ask;" -- "$@"; else set -- -n -- "$@"; fi
if [ -z "$input" ]; then exec sudo "$@"; fi
exec 3<&0
{
  if [ "$how" = sudo-password ]; then
    while IFS= read -r line <&3 && [ "$line" != . ]; do printf "%s\\n" "\${line#p}"; done >"$folder/password"
  fi
  exec >"$input"
  rm -rf "$folder"
  exec cat <&3
} </dev/null &
from=/dev/null
if [ "$how" = sudo-password ]; then from=$folder/password; printf "%s:framed;" "$0"; printf "%s:framed;" "$0" >&2; fi
sudo "$@" <"$from" 3<&-
code=$?
kill $! 2>/dev/null
rm -rf "$folder"
exit $code`;

/**
 * Pure: the argv that runs `argv` and marks its output, so that what a login shell or sudo prints before can be told from
 * what the command prints. Marks are `MARK:NAME;` or `MARK:NAME:VALUE;`, put together by printf, so that a shell which
 * echoes its commands prints none. On stderr: `ready` with the process group's id, `nosudo`, `nopipe` (there
 * is no place to make one), `framed` (lines for sudo come before the input), `ask` (sudo wants the password), `start`; on stdout:
 * `framed`, `start`. `input`: whether the command gets any.
 */
export function wrap(argv: readonly string[], mark: string, privilege: Privilege, input = false): string[] {
  return ["/bin/sh", "-c", WRAPPER, mark, privilege, input ? "input" : "", START, ...argv];
}
