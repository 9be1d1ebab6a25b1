#!/bin/sh
# Installs, upgrades or repairs the client from its signed apt repository, starts the daemon, then probes. Arguments: the
# repository's URL (`https://pkgs.tailscale.com/stable/debian`), its suite, the version to install (empty: the newest),
# the armored key that signs it, the version that the newest must not be below, and the file for the key.

. ./providers/tailnet/install/lib/installer.sh
. ./providers/tailnet/install/lib/apt-entries.sh
lock
url=$1 suite=$2 version=$3 key=$4 floor=$5 keyring=$6
list=/etc/apt/sources.list.d/tailscale.list sources=/etc/apt/sources.list.d/tailscale.sources
entry="deb [signed-by=$keyring] $url $suite main"
export DEBIAN_FRONTEND=noninteractive
lock='-o DPkg::Lock::Timeout=300'
only='-o Dir::Etc::sourcelist=sources.list.d/tailscale.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0'
strict='-o APT::Update::Error-Mode=any' # a refused signature is an error, also where older lists are there
update() { # apt waits for the lock of packages, but not for that of lists
  n=0
  while output=$(apt-get "$@" -q -y update 2>&1); code=$?; [ "$n" -lt 100 ]; do
    case "$output" in *'Could not get lock'*) ;; *) break ;; esac
    if [ "$n" = 0 ]; then say 'waiting for another package manager'; fi
    sleep 3; n=$((n + 1))
  done
  printf '%s\n' "$output"
  return "$code"
}
# shellcheck disable=SC2086 # the options are words
install() { apt-get $lock -q -y -o Dpkg::Options::=--force-confold "$@" install "tailscale${version:+=$version}"; }
text_of() { cat "$1" 2>/dev/null; }
restore() { # file, its former text
  if [ -n "$2" ]; then printf '%s\n' "$2" | put "$1" 0644; else rm -f "$1"; fi
}
give_up() { # apt's sources are as they were; a repository that is there for nothing spoils every later update
  full_disks # before room is made
  if [ "$list_was" = "$entry" ] && ! have tailscale; then list_was=''; fi # of a run that was cut
  restore "$list" "$list_was"
  restore "$sources" "$sources_was"
  if [ -n "$key_was" ]; then printf '%s\n' "$key_was" | base64 -d | put "$keyring" 0644; else rm -f "$keyring"; fi
  # shellcheck disable=SC2086 # as apt_files printed them: apt reads no file with a space in its name
  if [ -e "$list" ]; then set -- ${touched:-none}; else set --; fi
  for other in $(put_back "$@"); do say "the entry in $other is back"; done
  forget_lists
  fail
}
forget_lists() { rm -f "/var/lib/apt/lists/$(printf %s "${url#*://}" | tr / _)"_dists_*; }
section run
{
  await_cloud_init
  list_was=$(text_of "$list") sources_was=$(text_of "$sources") key_was=$(base64 "$keyring" 2>/dev/null)
  printf '%s\n' "$key" | sed -e '/^-/d' -e '/:/d' -e '/^=/d' | base64 -d | put "$keyring" 0644 && [ -s "$keyring" ] || give_up
  mkdir -p /etc/apt/sources.list.d
  printf '%s\n' "$entry" | put "$list" 0644 || give_up
  rm -f "$sources"
  touched=$(disable_others "$url")
  for other in $touched; do say "disabling the entry of $url in $other"; done
  forget_lists # read with another key, maybe
  say 'reading the package repository'
  # shellcheck disable=SC2086 # the options are words
  update $only $strict || give_up
  candidate=$(apt-cache policy tailscale | sed -n 's/^ *Candidate: *//p')
  not_below "$candidate" "$floor" || give_up
  say "installing ${version:-$candidate}"
  set -- ${version:+--allow-downgrades}
  if dpkg -s tailscale >/dev/null 2>&1 && { [ ! -x /usr/bin/tailscale ] || [ ! -x /usr/sbin/tailscaled ]; }; then set -- "$@" --reinstall; fi
  install "$@" || {
    say 'refreshing the package lists'
    dpkg --force-confold --configure -a # apt refuses all work after a power loss until this is done
    update | grep -Ev 'GPG error|is not signed|is expired .invalid|NO_PUBKEY|EXPKEYSIG' # other repositories': not what it is about
    install "$@" || give_up
  }
  drop_ours
  finish start
} 2>&1
