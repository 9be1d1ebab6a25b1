#!/bin/sh
# For the step after which nobody comes back: returns at once, and starts in 2 s. Arguments: a script, and one more with its
# arguments, to run after the first. Ends with 1 where the host cannot do that.

. ./providers/tailnet/scripts/lib/detach.sh
# shellcheck disable=SC2016 # for the shell that is started
detach '
  sleep 2
  sh -c "$1" "$0"; shift
  [ "$#" -eq 0 ] && exit
  script=$1; shift
  sh -c "$script" "$0" "$@"
' "$@" || exit 1
