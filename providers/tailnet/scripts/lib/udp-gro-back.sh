#!/bin/sh
# Shell functions: `gro_no_more` gives the devices of our file back what they had, and takes away what switches UDP GRO forwarding on at
# boot; prints `left DEVICE` where it cannot. `gro_feature DEVICE FEATURE` prints `on` or `off`, where that can be changed at all. They
# expect functions.sh.

gro_feature() { ethtool -k "$1" 2>/dev/null | sed -n "s/^$2: \([a-z]*\)\( \[requested.*\)\{0,1\}\$/\1/p"; }
give_back() {
  while read -r device forwarding list; do
    if [ -z "$forwarding" ] || [ ! -e "/sys/class/net/$device" ]; then continue; fi
    if [ "$(gro_feature "$device" rx-udp-gro-forwarding) $(gro_feature "$device" rx-gro-list)" = "$forwarding $list" ]; then continue; fi
    ethtool -K "$device" rx-udp-gro-forwarding "$forwarding" ${list:+rx-gro-list "$list"} || echo "left $device"
  done <"$gro_file"
}
gro_no_more() {
  if [ ! -e "$gro_file" ]; then return; fi
  give_back
  if [ -e "/etc/init.d/$gro_service" ]; then
    if have update-rc.d; then update-rc.d -f "$gro_service" remove >/dev/null; elif have chkconfig; then chkconfig --del "$gro_service"; fi
    rm -f "/etc/init.d/$gro_service" /etc/runlevels/*/"$gro_service" /etc/rc[0-6].d/[SK]*"$gro_service"
  fi
  if [ -d "/etc/sv/$gro_service" ]; then
    rm -f "$(service_folder)/$gro_service"
    sv exit "/etc/sv/$gro_service"
    rm -rf "/etc/sv/$gro_service"
  fi
  rm -f "/etc/systemd/system/multi-user.target.wants/$gro_service.service" "/etc/systemd/system/$gro_service.service" "$gro_file.sh" "$gro_file"
}
