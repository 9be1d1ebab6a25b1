#!/bin/sh
# Shell function: the SSH connection (`client port server port`), and the device of the route back to the client; or that it is
# tailscaled itself that serves it: Tailscale SSH starts commands by `su -l`, which tells them nothing of the connection.

peer() {
  if [ -z "${SSH_CONNECTION:-}" ]; then
    above=$$
    while [ "${above:-1}" -gt 1 ]; do
      above=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$above/status" 2>/dev/null)
      case "$(cat "/proc/${above:-1}/comm" 2>/dev/null)" in tailscaled*) echo ssh=tailscale; return ;; esac
    done
    return 0
  fi
  printf 'connection=%s\n' "$SSH_CONNECTION"
  if have ip; then
    route=$(ip route get "${SSH_CONNECTION%% *}" 2>/dev/null) device=''
    case "$route" in *' dev '*) device=${route#* dev } ;; esac
    printf 'device=%.200s\n' "${device%% *}"
  fi
}
