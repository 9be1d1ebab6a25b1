#!/bin/sh
# Runs last, from wrapper.sh, as the user that the command runs as: says so on both streams, then becomes the command; unless nobody
# listens any more. $2 is SSH_CONNECTION, which sudo does not pass on; $3 the pipe to read the input from, or empty.

. ./transport/exec/environment.sh
printf "%s:start;" "$1" || exit 1
printf "%s:start;" "$1" >&2 || exit 1
input=$3
if [ -n "$2" ]; then SSH_CONNECTION=$2; export SSH_CONNECTION; fi
shift 3
if [ -z "$input" ]; then exec "$@"; fi
cat <"$input" | "$@" # a program that opens /dev/stdin again would wait for ever for another writer of a named pipe
