#!/bin/sh
# Debian's OpenRC: process 1 is sysvinit's, which hands every runlevel to OpenRC.
set -eu
root=$1
chroot "$root" rc-update add container-net boot
