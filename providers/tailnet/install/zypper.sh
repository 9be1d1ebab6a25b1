#!/bin/sh
# As dnf.sh with zypper; the first argument is not used.

. ./providers/tailnet/install/lib/installer.sh
. ./providers/tailnet/install/lib/rpm.sh
lock
url=$2 id=$3 version=$4 key=$5 floor=$6
export ZYPP_LOCK_TIMEOUT=60
section run
{
  await_cloud_init
  await_others
  write_repository /etc/zypp/repos.d/tailscale.repo "$id" "$url" "$key"
  rpm --import "$key_file" || give_up
  say 'reading the package repository'
  zypper --non-interactive refresh --force "$id" || give_up
  not_below "$(zypper --non-interactive --no-refresh info --repo "$id" tailscale | sed -n 's/^Version *: *//p')" "$floor" || give_up
  repair
  say "installing ${version:-tailscale}"
  zypper --non-interactive install ${version:+--oldpackage} "tailscale${version:+=$version}"
  case $? in 0 | 102 | 103 | 106 | 107) ;; *) give_up ;; esac # the others: a reboot is advised, another repository was skipped, ...
  drop_saved
  drop_ours
  finish start
} 2>&1
