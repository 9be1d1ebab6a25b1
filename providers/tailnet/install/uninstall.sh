#!/bin/sh
# Removes the client of a package or of a tarball, and all that we wrote, then probes.

. ./providers/tailnet/install/lib/installer.sh
. ./providers/tailnet/install/lib/packages.sh
. ./providers/tailnet/scripts/lib/settings-back.sh
. ./providers/tailnet/scripts/lib/udp-gro-back.sh
lock
section run
{
  stop_service
  bring_back # of an installation that was cut
  drop_package purge
  if [ -e /var/lib/dpkg/info/tailscale.list ]; then dpkg --purge tailscale; fi # removed before, its configuration kept
  drop_ours
  drop_service
  rm -f "$settings_file" "$settings_file.former"
  unread
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  rm -rf /opt/tailscale /var/lib/tailscale /var/cache/tailscale /var/run/tailscale /var/run/tailscaled.pid
  rm -f "$mark_file" "$forwarding_file"
  gro_no_more
  rmdir "${mark_file%/*}" 2>/dev/null
  rm -f /etc/default/tailscaled /etc/default/tailscaled.rpmsave /etc/default/tailscaled.pacsave /etc/conf.d/tailscale /var/log/tailscaled.log
} 2>&1
done_with 0
