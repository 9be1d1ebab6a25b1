#!/bin/sh
# Hosts whose packages are rpms.
set -eu
root=$1
# With no package at all in rpm's database, as here at first, zypper fails after it has removed the last one.
cat >"$root/tmp/lab-release.spec" <<'SPEC'
Name: lab-release
Version: 1
Release: 1
Summary: Stands for the packages that an installed system has
License: Apache-2.0
BuildArch: noarch
%description
Stands for the packages that an installed system has.
%files
SPEC
chroot "$root" rpmbuild -bb --quiet --define "_topdir /tmp/rpmbuild" /tmp/lab-release.spec
chroot "$root" sh -c 'rpm --install /tmp/rpmbuild/RPMS/noarch/*.rpm'
rm -rf "$root/tmp/rpmbuild" "$root/tmp/lab-release.spec"
