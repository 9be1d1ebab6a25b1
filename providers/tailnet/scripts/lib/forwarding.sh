#!/bin/sh
# Shell functions: what the probe reads of IP forwarding, and of the routes that others serve. `forwarding_facts` prints what the kernel does now (`v4=1`; empty where it has no such family), whether that can
# be changed from here, whether our file is there, and devices whose default route came by a router's announcement, which the
# kernel drops once it forwards (`announced`; a network manager that listens itself is not among them). `served_routes`
# prints the subnet routes that other nodes serve, for a node that offers some itself.

forwarding_file=/etc/sysctl.d/zz-pulumi-mesh.conf # ours alone; the last one that is read from its folder
announced_devices() { # those whose default route came by an announcement, and whose accept_ra is one of $1
  devices=''
  { while read -r destination length _ _ _ _ _ _ flags device; do
    case "$destination/$length $flags" in 00000000000000000000000000000000/00' '???[4567cdef]????) ;; *) continue ;; esac
    value=''; IFS= read -r value <"/proc/sys/net/ipv6/conf/$device/accept_ra"
    case " $1 " in *" $value "*) ;; *) continue ;; esac
    case " $devices " in *" $device "*) ;; *) devices="$devices $device" ;; esac
  done </proc/net/ipv6_route; } 2>/dev/null
  printf '%s\n' "${devices# }"
}
forwarding_facts() {
  for pair in v4=ipv4/ip_forward v6=ipv6/conf/all/forwarding; do
    value=''
    { IFS= read -r value <"/proc/sys/net/${pair#*=}"; } 2>/dev/null
    printf '%s=%s\n' "${pair%%=*}" "$value"
  done
  if [ -w /proc/sys/net/ipv4/ip_forward ]; then echo writable=yes; fi
  if [ -e "$forwarding_file" ]; then echo file=yes; fi
  printf 'announced=%s\n' "$(announced_devices 1)"
}
served_routes() {
  case "$1" in *'"AdvertiseRoutes": ['*) ;; *) return 0 ;; esac
  tailscale status --json 2>/dev/null | sed -n '/"PrimaryRoutes": \[/,/\]/s/^ *"\([0-9a-f.:]*\/[0-9]*\)".*/\1/p' | head -c 100000
}
