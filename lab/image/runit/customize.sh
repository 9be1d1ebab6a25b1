#!/bin/sh
# runit as process 1; sshd's folder of service comes with Debian's package.
set -eu
root=$1
# No consoles here either.
rm -f "$root"/etc/runit/runsvdir/default/getty-*
