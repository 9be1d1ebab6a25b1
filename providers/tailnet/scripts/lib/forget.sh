#!/bin/sh
# Shell function: drops what the run `$id` was to have undone at boot.

forget() {
  list=/var/lib/pulumi-mesh/undo-$id units=/etc/systemd/system name=pulumi-mesh-undo-$id.service
  rm -f "$units/multi-user.target.wants/$name" "$units/$name" "$list" "$list.sh"
  rm -f /var/lib/pulumi-mesh/undo-daemon.sh /etc/default/tailscaled-pulumi-mesh.former
  if [ -d "$units" ]; then sync "$units/multi-user.target.wants" "$units"; fi 2>/dev/null # or a loss of power brings it back
}
