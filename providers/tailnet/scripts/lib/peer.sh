#!/bin/sh
# Shell function: the SSH connection (`client port server port`), and the device of the route back to the client.

peer() {
  [ -n "${SSH_CONNECTION:-}" ] || return 0
  printf 'connection=%s\n' "$SSH_CONNECTION"
  if have ip; then printf 'device=%s\n' "$(ip route get "${SSH_CONNECTION%% *}" 2>/dev/null | head -c 1000 | sed -n 's/.* dev \([^ ]*\).*/\1/p')"; fi
}
