#!/bin/sh
# Shell function: runs a script in a session (and, with systemd, a group) of its own, with this one's standard input.
# Fails, and does nothing, on a host that has no `setsid`: what shares our session can be ended with it.

detach() {
  if command -v setsid >/dev/null 2>&1; then leader=setsid
  elif busybox setsid true >/dev/null 2>&1; then leader='busybox setsid'
  else echo 'the host has no setsid' >&2; return 1; fi
  limit=''; if command -v timeout >/dev/null 2>&1; then limit='timeout 10'; fi
  exec 3<&0 </dev/null
  text=$1; shift
  set -- sh -c "$text" "$0" "$@"
  # asked first: one that fails would say so to nobody, and in most cases the session is enough
  if [ -d /run/systemd/system ] && $limit systemd-run --quiet --scope true >/dev/null 2>&1; then
    set -- systemd-run --quiet --scope "$@"
  fi
  $leader "$@" <&3 >/dev/null 2>&1 3<&- &
  exec 3<&-
}
