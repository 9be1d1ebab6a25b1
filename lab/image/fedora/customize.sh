#!/bin/sh
# The real dnf, which knows no repository yet.
set -eu
root=$1
mkdir -p "$root/etc/yum.repos.d"
