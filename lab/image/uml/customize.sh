#!/bin/sh
# Hosts with a kernel of their own: its modules where modprobe looks, and the iptables that it has (it lacks nftables for IP).
set -eu
root=$1
ln -s uml/modules "$root/usr/lib/modules"
for command in iptables ip6tables; do
  chroot "$root" update-alternatives --set "$command" "/usr/sbin/$command-legacy"
done
