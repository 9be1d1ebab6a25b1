#!/bin/sh
# Installs, upgrades or repairs the client with dnf, yum or tdnf, starts the daemon, then probes. Arguments: the program,
# the repository's URL (`https://pkgs.tailscale.com/stable/fedora`), its id, the version (empty: the newest), the key,
# the version that the newest must not be below.

. ./providers/tailnet/install/lib/installer.sh
. ./providers/tailnet/install/lib/rpm.sh
lock
manager=$1 url=$2 id=$3 version=$4 key=$5 floor=$6
ours_only() { "$manager" -y '--disablerepo=*' "--enablerepo=$id" "--setopt=$id.skip_if_unavailable=0" "$@"; }
section run
{
  await_cloud_init
  await_others
  write_repository /etc/yum.repos.d/tailscale.repo "$id" "$url" "$key"
  say 'reading the package repository'
  ours_only makecache || give_up
  not_below "$(ours_only list available tailscale 2>/dev/null | sed -n 's/^tailscale\.[^ ]* *\([0-9.]*\).*/\1/p' | tail -n 1)" "$floor" || give_up
  repair
  installed=$(rpm -q --qf '%{VERSION}' tailscale 2>/dev/null) || installed=''
  if [ -z "$installed" ]; then command=install
  elif [ -n "$version" ] && older "$version" "$installed"; then command=downgrade
  else command=upgrade; fi
  say "installing ${version:-tailscale}"
  # what it depends on is there on most hosts: then no other repository has to be in order
  ours_only "$command" "tailscale${version:+-$version}" || "$manager" -y "$command" "tailscale${version:+-$version}" || give_up
  drop_saved
  drop_ours
  finish start
} 2>&1
