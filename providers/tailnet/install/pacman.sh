#!/bin/sh
# Installs, upgrades or repairs the client with pacman, starts the daemon, then probes. Arguments: the version (empty: the
# newest), whether the package lists are to be refreshed first (else only when they name no file that is still there),
# and the version that the newest must not be below.

. ./providers/tailnet/install/lib/installer.sh
lock
package=tailscale${1:+=$1} floor=$3
held=/var/lib/pacman/db.lck
section run
{
  await_cloud_init
  i=0
  while [ -e "$held" ] && [ "$i" -lt 300 ]; do
    case "$(cat /proc/[0-9]*/comm 2>/dev/null)" in *pacman* | *packagekit* | *pamac*) ;; *) rm -f "$held" ;; esac # of a power loss
    if [ "$i" = 0 ] && [ -e "$held" ]; then say 'waiting for another package manager'; fi
    if [ -e "$held" ]; then sleep 1; i=$((i + 1)); fi
  done
  say "installing ${1:-tailscale}"
  for entry in /var/lib/pacman/local/tailscale-[0-9]*; do # of an installation that was cut
    if [ -d "$entry" ] && [ ! -s "$entry/desc" ]; then rm -rf "$entry"; fi
  done
  install() { pacman -S --noconfirm --overwrite '*tailscale*' "$package"; }
  refresh() { say 'refreshing the package lists'; pacman -Sy --noconfirm; } # of another repository it may fail
  if [ -n "$2" ]; then
    refresh
    not_below "$(pacman -Si tailscale | sed -n 's/^Version *: *//p' | head -n 1)" "$floor" || fail
    install || fail
  else
    install || { refresh; install || fail; }
  fi
  drop_ours
  finish start
} 2>&1
