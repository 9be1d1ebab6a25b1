/** The scripts of the apt way: install, uninstall. */
import { FUNCTIONS } from "../scripts/shell";

/**
 * Installs or upgrades the client from its signed apt repository, starts the daemon, then probes.
 * Arguments: repository URL, distribution (debian, ubuntu), codename, version to install (empty: the newest).
 */
export const INSTALL_APT = `${FUNCTIONS}
lock
repository=$1 distribution=$2 codename=$3
keyring=/usr/share/keyrings/tailscale-archive-keyring.gpg
list=/etc/apt/sources.list.d/tailscale.list
say() { printf '#>%s\\n' "$1"; }
export DEBIAN_FRONTEND=noninteractive
lock='-o DPkg::Lock::Timeout=300'
only='-o Dir::Etc::sourcelist=sources.list.d/tailscale.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0'
fail() { section code; echo 1; probe; exit 0; }
section run
{
  if have cloud-init; then
    case "$(cloud-init status 2>/dev/null)" in *running*) say 'waiting for cloud-init'; timeout 300 cloud-init status --wait >/dev/null 2>&1 ;; esac
  fi
  mkdir -p /usr/share/keyrings /etc/apt/sources.list.d
  /usr/lib/apt/apt-helper $lock download-file "$repository/$distribution/$codename.noarmor.gpg" "$keyring.new" || fail
  chmod 0644 "$keyring.new" && mv "$keyring.new" "$keyring" || fail
  printf 'deb [signed-by=%s] %s/%s %s main\\n' "$keyring" "$repository" "$distribution" "$codename" >"$list" || fail
  chmod 0644 "$list"
  say 'reading the package repository'
  apt-get $lock $only -q -y update || fail
  say "installing $(apt-cache policy tailscale | sed -n 's/^ *Candidate: *//p')"
  apt-get $lock -q -y -o Dpkg::Options::=--force-confold install tailscale || {
    say 'refreshing the package lists'
    dpkg --force-confold --configure -a # apt refuses all work after a power loss until this is done
    apt-get $lock -q -y update; apt-get $lock -q -y -o Dpkg::Options::=--force-confold install tailscale || fail
  }
  systemctl unmask tailscaled
  systemctl enable --now tailscaled || fail
} 2>&1
await_daemon
section code; echo 0
probe
`;

/** Takes the package, its repository, its key and its state off the host, then probes. */
export const UNINSTALL_APT = `${FUNCTIONS}
lock
section run
{
  systemctl disable --now tailscaled
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y purge tailscale
  rm -rf /etc/apt/sources.list.d/tailscale.list /usr/share/keyrings/tailscale-archive-keyring.gpg /var/lib/tailscale /var/cache/tailscale /etc/default/tailscaled
} 2>&1
section code; echo 0
probe
`;
