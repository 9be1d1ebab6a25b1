#!/bin/sh
# Hosts that boot by the scripts in /etc/init.d.
set -eu
root=$1
# A container's disks are mounted, its clock runs and its devices are there: of the early scripts only ours has work to do.
rm -f "$root"/etc/rcS.d/S* "$root"/etc/runlevels/sysinit/* "$root"/etc/runlevels/boot/*
chroot "$root" update-rc.d lab-seed defaults
# It has no consoles either.
if [ -e "$root/etc/inittab" ]; then sed -i '/getty/d' "$root/etc/inittab"; fi
