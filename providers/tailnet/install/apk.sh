#!/bin/sh
# As pacman.sh with apk: from the community repository of the release that the host has.

. ./providers/tailnet/install/lib/installer.sh
lock
repositories=/etc/apk/repositories floor=$3 former=''
give_up() { # the repositories are as they were
  [ -z "$former" ] || printf '%s\n' "$former" | put "$repositories" 0644
  fail
}
section run
{
  await_cloud_init
  if ! grep -Eq '^(@[a-z]+ )?[^#].*/community/?$' "$repositories"; then
    say 'enabling the community repository'
    community=$(sed -n 's#^\([^\#@].*\)/main/*$#\1/community#p' "$repositories" | head -n 1)
    if [ -z "$community" ]; then echo "no main repository in $repositories to find the community repository by"; fail; fi
    former=$(cat "$repositories")
    printf '%s\n' "$former" "$community" | put "$repositories" 0644 || give_up
  fi
  say 'reading the package repository'
  apk --wait 300 --update-cache update # of another repository it may fail; without the option 2.14 keeps its lists for hours
  not_below "$(apk search --exact tailscale | sed -n 's/^tailscale-//p' | sort -V | tail -n 1)" "$floor" || give_up
  say "installing ${1:-tailscale}"
  apk --wait 300 add -u "tailscale${1:+~$1}" || give_up
  if [ ! -x /usr/bin/tailscale ] || [ ! -x /usr/sbin/tailscaled ]; then apk --wait 300 fix tailscale || give_up; fi
  drop_ours
  finish start
} 2>&1
