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
 * listens any more. $2 is SSH_CONNECTION, which sudo does not pass on.
 */
const START = `${ENVIRONMENT}
printf "%s:start;" "$1" || exit 1
printf "%s:start;" "$1" >&2 || exit 1
if [ -n "$2" ]; then SSH_CONNECTION=$2; export SSH_CONNECTION; fi
shift 2
exec "$@"`;

/** Runs first, as the login user. $0 is the mark, $1 the privilege, $2 START; argv follows. */
const WRAPPER = `${ENVIRONMENT}
printf "%s:ready:%s;" "$0" $$ >&2
how=$1
start=$2
shift 2
if [ "$how" = login ] || [ "$(id -u)" = 0 ]; then exec /bin/sh -c "$start" sh "$0" "\${SSH_CONNECTION:-}" "$@"; fi
command -v sudo >/dev/null || { printf "%s:nosudo;" "$0" >&2; exit 1; }
if [ "$how" = sudo-password ]; then exec sudo -S -p "$0:ask;" -- /bin/sh -c "$start" sh "$0" "\${SSH_CONNECTION:-}" "$@"; fi
exec sudo -n -- /bin/sh -c "$start" sh "$0" "\${SSH_CONNECTION:-}" "$@"`;

/**
 * Pure: the argv that runs `argv` and marks its output, so that what a login shell or sudo prints before can be told from
 * what the command prints. Marks are `MARK:NAME;` or `MARK:NAME:VALUE;`, put together by printf, so that a shell which
 * echoes its commands prints none. On stderr: `ready` with the process group's id, `nosudo`, `ask` (sudo wants the
 * password), `start`; on stdout: `start`.
 */
export function wrap(argv: readonly string[], mark: string, privilege: Privilege): string[] {
  return ["/bin/sh", "-c", WRAPPER, mark, privilege, START, ...argv];
}
