#!/bin/sh
# Shell function: what the probe reads of UDP GRO forwarding, by which the kernel hands a router more packets at once
# (https://tailscale.com/s/ethtool-config-udp-gro), on a host where we see to it. `gro_facts` prints whether it can be changed from here
# (`tool=yes`, `permitted=yes`), what our file keeps (devices, and `unkept` where nothing starts at boot), whether our service is there
# (`boot=yes`), and of each device with a default route its name and what ethtool says of it.

gro_file=/var/lib/pulumi-mesh/udp-gro gro_service=pulumi-mesh-udp-gro
gro_devices() { # of the default route, and where it is another one that of IPv6, which is not one that a program serves
  { default_device
    while read -r destination length _ _ _ _ _ _ _ device; do
      case "$destination/$length $device" in *' lo') continue ;; 00000000000000000000000000000000/00' '*) ;; *) continue ;; esac
      if [ ! -e "/sys/class/net/$device/tun_flags" ]; then echo "$device"; break; fi
    done </proc/net/ipv6_route
  } 2>/dev/null | awk '!seen[$0]++' | while IFS= read -r device; do if [ -e "/sys/class/net/$device" ]; then printf '%s\n' "$device"; fi; done
}
gro_facts() {
  printf 'kept=%s\n' "$(head -c 2000 "$gro_file" | cut -d ' ' -f 1 | tr '\n' ' ')"
  for link in "/etc/systemd/system/multi-user.target.wants/$gro_service.service" /etc/runlevels/*/"$gro_service" \
    /etc/rc[2345].d/S*"$gro_service" /etc/rc.d/rc[2345].d/S*"$gro_service" "$(service_folder)/$gro_service"; do
    if [ -e "$link" ]; then echo boot=yes; break; fi
  done
  case "$(sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status)" in *[13579bdf]???) echo permitted=yes ;; esac # CAP_NET_ADMIN
  if ! have ethtool; then return; fi
  echo tool=yes
  gro_devices | while IFS= read -r device; do
    printf 'device=%s\n' "$device"
    ethtool -k "$device" 2>/dev/null | grep -e '^rx-udp-gro-forwarding:' -e '^rx-gro-list:'
  done
}
