#!/bin/sh
# Switches forwarding on, now and at boot, then probes. Arguments: devices whose default route a router announces: they, and those
# that do so already, go on listening to it, which a host that forwards does not do by itself.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/at-boot.sh
. ./providers/tailnet/scripts/lib/udp-gro.sh
lock
section run
text='# pulumi-mesh made this: the host has routes for its tailnet. It is removed with the last of them.'
set_now() { # a device that has gone is no failure
  printf '%s' "$2" 2>/dev/null >"/proc/sys/$1"
}
# also those that listen since an earlier run: the file is written anew
for device in "$@" $(announced_devices '1 2'); do
  case "$text" in *"/$device/accept_ra "*) continue ;; esac
  set_now "net/ipv6/conf/$device/accept_ra" 2
  text="$text
net/ipv6/conf/$device/accept_ra = 2"
done
set_now net/ipv4/ip_forward 1
text="$text
net.ipv4.ip_forward = 1"
if [ -e /proc/sys/net/ipv6/conf/all/forwarding ]; then
  set_now net/ipv6/conf/all/forwarding 1
  text="$text
net.ipv6.conf.all.forwarding = 1"
fi
umask 022
{ mkdir -p "${forwarding_file%/*}" && printf '%s\n' "$text" >"$forwarding_file.new" && mv "$forwarding_file.new" "$forwarding_file"; } 2>&1
code=$?
at_boot
overruling
section code; echo "$code"
probe
