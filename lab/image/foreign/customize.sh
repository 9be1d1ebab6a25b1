#!/bin/sh
# Hosts that play another distribution: without apt and dpkg nobody can take them for Debian.
set -eu
root=$1
rm -f "$root"/usr/bin/apt "$root"/usr/bin/apt-* "$root"/usr/bin/dpkg "$root"/usr/bin/dpkg-* "$root/etc/debian_version"
