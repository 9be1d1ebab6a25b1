#!/bin/sh
# pulumi-mesh made this: switches UDP GRO forwarding on at boot, for a router of the mesh, on the devices of the list beside it.
# https://tailscale.com/s/ethtool-config-udp-gro

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
i=0
while read -r device former _; do
  if [ -z "$former" ]; then continue; fi # no device
  until [ -e "/sys/class/net/$device" ] || [ "$i" -ge 30 ]; do sleep 1; i=$((i + 1)); done # for all of them
  ethtool -K "$device" rx-udp-gro-forwarding on rx-gro-list off
done <"${0%.sh}"
exit 0 # a router that passes on less is no boot that failed
