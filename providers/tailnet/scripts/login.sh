#!/bin/sh
# Logs the node in, then probes. Arguments: `up`, or `login` for a new profile beside the present one; then those of
# that command. The auth key, where there is one, is on standard input. After a failure it waits 2 s for the node all the same: a second
# attempt can print the former error while it goes through. The section `joined-by-other`: another run was first.

. ./providers/tailnet/scripts/lib/functions.sh
lock
exec 3<&0 </dev/null
state() { status | tr -d ' \t\n'; }
log_in() { # gives up at once where the control server says that it never will
  tailscale "$@" <&3 2>&1 3<&- 9>&- & client=$!
  while sleep 2 >/dev/null 2>&1; do
    seen=$(status)
    case "$seen" in *NodeKeyExpired*) kill "$client"; printf '%s\n' "$seen" | sed -n 's/.*"\(.*NodeKeyExpired.*\)".*/\1/p'; break ;; esac
  done 9>&- & watcher=$!
  wait "$client"; code=$?
  kill "$watcher" 2>/dev/null
  return "$code"
}
section previous
if [ "$1" = login ]; then tailscale switch --list 2>/dev/null | sed -n 's/^\([^ ]*\) .*\*$/\1/p'; fi
section run
command=$1; shift
case "$command $(state)" in
  'up '*'"BackendState":"Running"'*) code=0; section joined-by-other ;; # what it is now is checked after
  *)
    case "$command $(tailscale debug prefs 2>/dev/null | tr -d ' \t\n')" in
      # up demands these, and does not take them before the node is in the mesh
      'up '*'"ExitNodeIP":"'[!\"]* | 'up '*'"ExitNodeAllowLANAccess":true'*)
        tailscale set --exit-node= --exit-node-allow-lan-access=false 2>&1 ;;
    esac
    log_in "$command" --timeout=60s "$@" ;;
esac
if [ "$code" -eq 0 ]; then running 30; else running 4; fi
section code; echo "$code"
probe "$answer"
