#!/bin/sh
# Turns a fresh Debian tree ($1) into the lab's host image; mmdebstrap runs it last.
set -eu
root=$1
chroot "$root" useradd --create-home --shell /bin/bash admin
chroot "$root" useradd --create-home --shell /bin/bash ops
chroot "$root" localedef -i de_DE -f UTF-8 de_DE.UTF-8
chroot "$root" systemctl enable ssh.service lab-seed.service
# A container has no consoles, no kernel log and no disks of its own to look after.
chroot "$root" systemctl mask getty.target console-getty.service systemd-remount-fs.service \
  systemd-udevd.service systemd-timesyncd.service fstrim.timer e2scrub_all.timer e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer
# Each host makes its own keys at boot, and has no package source but the ones it is given.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/*
printf '# the lab has no name server: names come from /etc/hosts until the mesh brings its own\n' >"$root/etc/resolv.conf"
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname"
