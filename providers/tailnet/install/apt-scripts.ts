/** The script of the apt way. */
import { INSTALLER } from "./steps";

/**
 * Installs, upgrades or repairs the client from its signed apt repository, starts the daemon, then probes. Arguments: the
 * repository's URL (`https://pkgs.tailscale.com/stable/debian`), its suite, the version to install (empty: the newest),
 * the armored key that signs it, the version that the newest must not be below, and the file for the key.
 */
export const INSTALL_APT = `${INSTALLER}
lock
url=$1 suite=$2 version=$3 key=$4 floor=$5 keyring=$6
list=/etc/apt/sources.list.d/tailscale.list
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
  printf '%s\\n' "$output"
  return "$code"
}
install() { apt-get $lock -q -y -o Dpkg::Options::=--force-confold "$@" install "tailscale\${version:+=$version}"; }
disable_others() { # apt refuses all work when two entries of one repository name different keys
  base=\${url#*://} base=\${base%/*/*}
  for other in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if grep -qs "^deb.*://$base/" "$other"; then
      say "disabling the entry of $base in $other"
      sed -i "s|^deb.*://$base/|# disabled by pulumi-mesh, tailscale.list has it: &|" "$other"
    fi
  done
  for other in /etc/apt/sources.list.d/*.sources; do
    if grep -qs "^URIs:.*://$base/" "$other" && [ "$(grep -c '^Types:' "$other")" = 1 ]; then
      say "disabling the entry of $base in $other"
      mv "$other" "$other.disabled"
    fi
  done
}
give_up() { # a repository that is there for nothing spoils every later update
  have tailscale || { rm -f "$list" "$keyring"; forget_lists; }
  fail
}
forget_lists() { rm -f "/var/lib/apt/lists/$(printf %s "\${url#*://}" | tr / _)"_dists_*; }
section run
{
  await_cloud_init
  printf '%s\\n' "$key" | sed -e '/^-/d' -e '/:/d' -e '/^=/d' | base64 -d | put "$keyring" 0644 && [ -s "$keyring" ] || fail
  mkdir -p /etc/apt/sources.list.d
  rm -f "$list" /etc/apt/sources.list.d/tailscale.sources
  disable_others
  printf 'deb [signed-by=%s] %s %s main\\n' "$keyring" "$url" "$suite" | put "$list" 0644 || fail
  forget_lists # read with another key, maybe
  say 'reading the package repository'
  update $only $strict || give_up
  candidate=$(apt-cache policy tailscale | sed -n 's/^ *Candidate: *//p')
  not_below "$candidate" "$floor" || give_up
  say "installing \${version:-$candidate}"
  set -- \${version:+--allow-downgrades}
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
`;
