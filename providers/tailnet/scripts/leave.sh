#!/bin/sh
# As logout.sh, for good: nobody holds the host any more, it routes for nobody, and its daemon is started as others wrote; so is one
# whose client has gone.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/daemon-settings.sh
. ./providers/tailnet/scripts/lib/udp-gro-back.sh
lock
section run
tailscale logout 2>&1
code=$?
if [ "$code" = 0 ] || ! have tailscale; then
  rm -f "$mark_file" "$forwarding_file"
  gro_no_more >/dev/null 2>&1
  if [ -e "$settings_file" ] || [ -e "$drop_in" ]; then
    drop_settings
    sh -c "$(restart_command "$(init_system)")" </dev/null >/dev/null 2>&1 9>&-
    await_daemon
  fi
fi
rmdir "${mark_file%/*}" 2>/dev/null
section code; echo "$code"
probe
