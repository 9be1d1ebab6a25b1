#!/bin/sh
# What all of the lab's hosts have in common, made in a fresh Debian tree ($1); mmdebstrap runs the layers' scripts last.
set -eu
root=$1
chroot "$root" useradd --create-home --shell /bin/bash admin
chroot "$root" useradd --create-home --shell /bin/bash ops
chroot "$root" localedef -i de_DE -f UTF-8 de_DE.UTF-8
# Each host makes its own keys at boot, and has no package source but the ones it is given.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/*
printf '# the lab has no name server: names come from /etc/hosts until the mesh brings its own\n' >"$root/etc/resolv.conf"
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname"
