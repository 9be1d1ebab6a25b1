#!/bin/sh
# Waits until other nodes answer over the mesh, then probes. Changes nothing. Arguments: the seconds to wait; a TCP port that has to take a
# connection, too, or empty; the nodes, each by an address or an FQDN with a final dot, which the client knows without DNS. Of each
# one line: the node; how far it came (`ok`, `ping`, `port`, `self`); why a port rejects, as tailscaled has heard, or `-`; the client's last words.

. ./providers/tailnet/scripts/lib/functions.sh
limit=$1 port=$2; shift 2
begin=$(date +%s)
limited() { if have timeout; then timeout "$@"; else shift; "$@"; fi </dev/null 2>&1; }
try() { # the stage that a node is at now
  stage=ping
  said=$(limited 10 tailscale ping --c 1 --timeout 3s "$1")
  case "$said" in *'is local Tailscale IP'*) stage=self; return ;; esac
  ip=$(printf '%s\n' "$said" | sed -n 's/^pong from [^(]*(\([^)]*\)).*/\1/p' | head -n 1)
  [ -n "$ip" ] || return 0
  if [ -z "$port" ]; then stage=ok; return; fi
  stage=port
  if said=$(limited 5 tailscale nc "$ip" "$port"); then stage=ok; fi
}
rejected() { # the peer's client tells this one's, which logs it
  have journalctl || return 0
  journalctl -u tailscaled --since "@$begin" -o cat 2>/dev/null | sed -n "s/.*> \[*$ip\]*:$port rejected due to \([a-z-]*\).*/\1/p" | tail -n 1
}
await() {
  while try "$1"; case "$stage" in ok | self) false ;; esac; do
    [ "$(($(date +%s) - begin))" -lt "$limit" ] || break
    sleep 1
  done
  why=''
  if [ "$stage" = port ]; then why=$(rejected); fi
  if [ "$stage" = ok ]; then say "${1%.} answers"; fi
  printf '%s %s %s %s\n' "$1" "$stage" "${why:--}" "$(printf '%s\n' "$said" | tail -n 1 | head -c 300)"
}
section peers
if have tailscale && answers; then
  for each in "$@"; do await "$each" & done
  wait
fi
probe
