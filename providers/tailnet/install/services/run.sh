#!/bin/sh
# pulumi-mesh made this: tailscaled on a host without systemd, where it is /opt/tailscale/run. Without an argument it becomes
# tailscaled, as the official unit starts it; `supervise` starts it again whenever it ends, after 1 s, then longer, 60 s at most.
# start, stop, restart and status handle that supervisor.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
pidfile=/var/run/tailscaled.pid
# shellcheck source=/dev/null # what is there is the host's
[ ! -r /etc/default/tailscaled ] || . /etc/default/tailscaled
alive() { [ -s "$pidfile" ] && grep -q /opt/tailscale/run "/proc/$(cat "$pidfile")/cmdline" 2>/dev/null; }
stop() {
  alive || return 0
  kill "$(cat "$pidfile")"
  i=0
  while alive && [ "$i" -lt 20 ]; do sleep 1; i=$((i + 1)); done
  ! alive
}
start() {
  if alive; then return; fi
  if command -v setsid >/dev/null; then set -- setsid; else set -- nohup; fi
  "$@" "$0" supervise </dev/null >>/var/log/tailscaled.log 2>&1 &
}
supervise() {
  trap 'trap "" TERM INT; kill "$child"; wait "$child"; tailscaled --cleanup; rm -f "$pidfile"; exit 0' TERM INT
  echo $$ >"$pidfile"
  pause=1
  while :; do
    began=$(date +%s)
    "$0" & child=$!
    wait "$child"
    if [ $(($(date +%s) - began)) -gt 60 ]; then pause=1; fi
    sleep "$pause" & child=$!
    wait "$child"
    pause=$((pause * 2)); if [ "$pause" -gt 60 ]; then pause=60; fi
  done
}
case "$1" in
  start | stop) "$1" ;;
  restart) stop && start ;;
  status) if alive; then echo running; else echo stopped; exit 3; fi ;;
  supervise) supervise ;;
  cleanup) tailscaled --cleanup >>/var/log/tailscaled.log 2>&1 ;;
  *)
    mkdir -p /var/run/tailscale /var/lib/tailscale && chmod 0700 /var/lib/tailscale
    # shellcheck source=/dev/null # what is declared for it, after what is the host's
    [ ! -r /etc/default/tailscaled-pulumi-mesh ] || { set -a; . /etc/default/tailscaled-pulumi-mesh; set +a; }
    # shellcheck disable=SC2086 # the flags are words
    exec tailscaled --state=/var/lib/tailscale/tailscaled.state --socket=/var/run/tailscale/tailscaled.sock --port="${PORT:-41641}" $FLAGS ;;
esac
