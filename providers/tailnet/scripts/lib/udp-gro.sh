#!/bin/sh
# Shell function: what the probe reads of UDP GRO forwarding, by which the kernel hands a router more packets at once
# (https://tailscale.com/s/ethtool-config-udp-gro), on a host where we see to it. `gro_facts` prints whether it can be changed from here
# (`tool=yes`, `permitted=yes`), what our file keeps (devices, and `unkept` where nothing starts at boot), whether our service is there
# (`boot=yes`), and of each device with a default route its name and what ethtool says of it. They expect functions.sh.

. ./providers/tailnet/scripts/lib/udp-gro-file.sh
gro_devices() { # of the default route, and where it is another one that of IPv6: not one that a program serves, as a VPN does
  first='' second=''
  { while read -r device destination _ _ _ _ _ mask _; do
    if [ "$destination$mask" = 0000000000000000 ] && [ ! -e "/sys/class/net/$device/tun_flags" ]; then first=$device; break; fi
  done </proc/net/route; } 2>/dev/null
  { while read -r destination length _ _ _ _ _ _ _ device; do
    case "$destination/$length $device" in *' lo') continue ;; 00000000000000000000000000000000/00' '*) ;; *) continue ;; esac
    if [ ! -e "/sys/class/net/$device/tun_flags" ]; then second=$device; break; fi
  done </proc/net/ipv6_route; } 2>/dev/null
  if [ "$second" = "$first" ]; then second=''; fi
  if [ -z "$first$second" ]; then # a network of its own: the first card
    first=$(default_device)
    if [ -e "/sys/class/net/$first/tun_flags" ]; then first=''; fi
  fi
  for device in "$first" "$second"; do
    if [ -n "$device" ] && [ -e "/sys/class/net/$device" ]; then printf '%s\n' "$device"; fi
  done
}
gro_facts() {
  kept=''
  while read -r device _; do kept="$kept$device "; done <"$gro_file"
  printf 'kept=%s\n' "$kept"
  for link in "/etc/systemd/system/multi-user.target.wants/$gro_service.service" /etc/runlevels/*/"$gro_service" \
    /etc/rc[2345].d/S*"$gro_service" /etc/rc.d/rc[2345].d/S*"$gro_service" "$(service_folder)/$gro_service"; do
    if [ -e "$link" ]; then echo boot=yes; break; fi
  done
  while read -r name value; do # CAP_NET_ADMIN is the lowest bit of the fourth digit from the end
    case "$name$value" in CapEff:*[13579bdf]???) echo permitted=yes ;; esac
  done </proc/self/status
  if ! have ethtool; then return; fi
  echo tool=yes
  gro_devices | while IFS= read -r device; do
    printf 'device=%s\n' "$device"
    features=$(ethtool -k "$device" 2>/dev/null) || echo untold=yes
    printf '%s\n' "$features" | grep -e '^rx-udp-gro-forwarding:' -e '^rx-gro-list:'
  done
}
