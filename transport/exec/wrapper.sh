#!/bin/sh
# Runs first, as the login user. $0 is the mark, $1 the privilege, $2 `input` or empty, $3 the text of start.sh; argv follows.
#
# Input does not pass through sudo, which may log all of it (`log_input`): the root's shell opens a named pipe of the login
# user's, in a folder of his alone. What goes through a pipe is in memory only, on whatever disk its name is. sudo itself gets
# the password, which it never logs: lines that begin with `p`, up to the line `.`, after which the input begins.

. ./transport/exec/environment.sh
printf "%s:ready:%s;" "$0" $$ >&2
how=$1 input=$2 start=$3
shift 3
if [ "$how" = login ] || [ "$(id -u)" = 0 ]; then exec /bin/sh -c "$start" sh "$0" "${SSH_CONNECTION:-}" "" "$@"; fi
command -v sudo >/dev/null || { printf "%s:nosudo;" "$0" >&2; exit 1; }
if [ -n "$input" ]; then
  input=
  for place in "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" /dev/shm "${TMPDIR:-/tmp}"; do
    folder=$(mktemp -d "$place/pulumi-mesh.XXXXXX" 2>/dev/null) || continue
    if mkfifo -m 600 "$folder/input" "$folder/password" 2>/dev/null; then input=$folder/input; break; fi
    rm -rf "$folder"
  done
  if [ -z "$input" ]; then printf "%s:nopipe;" "$0" >&2; exit 1; fi
fi
set -- /bin/sh -c "$start" sh "$0" "${SSH_CONNECTION:-}" "$input" "$@"
if [ "$how" = sudo-password ]; then set -- -S -p "$0:ask;" -- "$@"; else set -- -n -- "$@"; fi
if [ -z "$input" ]; then exec sudo "$@"; fi
exec 3<&0
{
  if [ "$how" = sudo-password ]; then
    while IFS= read -r line <&3 && [ "$line" != . ]; do printf "%s\n" "${line#p}"; done >"$folder/password"
  fi
  exec >"$input"
  rm -rf "$folder"
  exec cat <&3
} </dev/null &
from=/dev/null
if [ "$how" = sudo-password ]; then from=$folder/password; printf "%s:framed;" "$0"; printf "%s:framed;" "$0" >&2; fi
# shellcheck disable=SC2024 # the pipe is the login user's, who opens it
sudo "$@" <"$from" 3<&-
code=$?
kill $! 2>/dev/null
rm -rf "$folder"
exit $code
