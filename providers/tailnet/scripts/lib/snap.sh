#!/bin/sh
# Whether the client is a snap: what it runs and keeps is all in other places than a package's. Shell function: `snap=PATH`, where snapd has the client, or its daemon's unit.

snap_facts() {
  for file in /snap/bin/tailscale /var/lib/snapd/snap/bin/tailscale /etc/systemd/system/snap.tailscale.tailscaled.service; do
    if [ -e "$file" ] || [ -L "$file" ]; then printf 'snap=%s\n' "$file"; return; fi
  done
}
