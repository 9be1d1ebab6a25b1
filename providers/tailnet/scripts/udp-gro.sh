#!/bin/sh
# Switches UDP GRO forwarding on, now and at boot, for the devices with a default route, then probes, which tells what came of it: a
# kernel, a device or a container may refuse. What the devices had before stands in our file, a line each, before anything is changed.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
. ./providers/tailnet/scripts/lib/udp-gro.sh
. ./providers/tailnet/scripts/lib/udp-gro-back.sh
. ./providers/tailnet/scripts/lib/udp-gro-service.sh
lock
section run
known() { # but for what is no device, or none any more: a boot would wait for it
  if [ ! -e "$gro_file" ]; then return; fi
  while read -r device former; do if [ -n "$former" ] && [ -e "/sys/class/net/$device" ]; then echo "$device $former"; fi; done <"$gro_file"
}
found() { # those that are not known yet
  gro_devices | while IFS= read -r device; do
    if known | cut -d ' ' -f 1 | grep -qxF -e "$device"; then continue; fi
    forwarding=$(gro_feature "$device" rx-udp-gro-forwarding)
    if [ -n "$forwarding" ]; then echo "$device $forwarding $(gro_feature "$device" rx-gro-list)"; fi
  done
}
(umask 077; mkdir -p "${gro_file%/*}") 2>&1
{ known; if have ethtool; then found; fi; } | put "$gro_file" 0644 2>&1
code=$?
if [ "$code" = 0 ] && [ -s "$gro_file" ] && have ethtool; then
  gro_devices | while IFS= read -r device; do ethtool -K "$device" rx-udp-gro-forwarding on rx-gro-list off; done 2>&1
  gro_at_boot 2>&1 || echo unkept >>"$gro_file"
fi
section code; echo "$code"
probe
