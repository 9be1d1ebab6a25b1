#!/bin/sh
# Hosts whose init is systemd.
set -eu
root=$1
chroot "$root" systemctl enable ssh.service lab-seed.service
# A container has no consoles, no kernel log and no disks of its own to look after.
chroot "$root" systemctl mask getty.target console-getty.service systemd-remount-fs.service \
  systemd-udevd.service systemd-timesyncd.service fstrim.timer e2scrub_all.timer e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer
