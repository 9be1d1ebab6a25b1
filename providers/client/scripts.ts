/** The shell scripts that run on a host: constant texts. Values come in as arguments, secrets on standard input. */

/** Shared by all scripts: prints facts in sections that `parseSections` splits again. */
const FUNCTIONS = `
section() { printf '\\n#:%s\\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }
status() { tailscale status --json --peers=false 2>/dev/null; }
probe() {
  section os; cat /etc/os-release 2>/dev/null
  section facts
  printf 'kernel=%s\\narch=%s\\n' "$(uname -s)" "$(uname -m)"
  if [ -d /run/systemd/system ]; then printf 'init=systemd\\n'; fi
  if have apt-get; then printf 'packages=apt\\n'; fi
  if have tailscale; then
    printf 'client=%s\\nversion=%s\\n' "$(command -v tailscale)" "$(tailscale version 2>/dev/null | head -n 1)"
  fi
  if have systemctl; then
    printf 'enabled=%s\\nactive=%s\\n' "$(systemctl is-enabled tailscaled 2>/dev/null)" "$(systemctl is-active tailscaled 2>/dev/null)"
  fi
  if have tailscale; then
    section status; status
    section prefs; tailscale debug prefs 2>/dev/null
  fi
  section end
}
lock() { # two runs never change a host at the same time; without flock they may
  if have flock && [ -w /run/lock ]; then
    exec 9>/run/lock/pulumi-mesh.lock
    flock -n 9 || { printf '#>waiting for another run on this host\\n'; flock -w 120 9; }
  fi
}
await_daemon() { # waits up to 10 s for the daemon to answer
  i=0
  while [ "$i" -lt 40 ] && [ -z "$(status)" ]; do sleep 0.25 2>/dev/null || sleep 1; i=$((i + 1)); done
}
running() { # waits up to $1 half seconds for the node to be running, with an address and a name
  i=0
  while [ "$i" -lt "$1" ]; do
    case "$(status | tr -d ' \\t\\n')" in
      *'"BackendState":"NeedsMachineAuth"'*) return 0 ;;
      *'"BackendState":"Running"'*'"TailscaleIPs":["'*'"DNSName":"'[!\\"]*) return 0 ;;
      *'"BackendState":"Running"'*'"DNSName":"'[!\\"]*'"TailscaleIPs":["'*) return 0 ;;
    esac
    sleep 0.5 2>/dev/null || sleep 1
    i=$((i + 1))
  done
  return 1
}
`;

/** Reads everything that decisions need, in one go; changes nothing. */
export const PROBE = `${FUNCTIONS}
probe
`;

/** Enables the daemon and starts it (`$1` is `start` or `restart`), then probes. */
export const START_DAEMON = `${FUNCTIONS}
lock
section run
systemctl unmask tailscaled 2>&1
systemctl enable tailscaled 2>&1 && systemctl "$1" tailscaled 2>&1
code=$?
[ "$code" -eq 0 ] && await_daemon
section code; echo "$code"
probe
`;

/**
 * Logs the node in, then probes. Arguments: `up`, or `login` for a new profile beside the present one; then those of
 * that command. The auth key is on standard input. After a failure it waits 2 s for the node all the same: a second
 * attempt can print the former error while it goes through.
 */
export const LOGIN = `${FUNCTIONS}
lock
section previous
if [ "$1" = login ]; then tailscale switch --list 2>/dev/null | sed -n 's/^\\([^ ]*\\) .*\\*$/\\1/p'; fi
section run
command=$1; shift
case "$command $(status | tr -d ' \\t\\n')" in
  'up '*'"BackendState":"Running"'*) code=0 ;; # another run joined it meanwhile: what it is now is checked after
  *) tailscale "$command" --auth-key=file:/dev/stdin --timeout=60s "$@" 2>&1; code=$? ;;
esac
if [ "$code" -eq 0 ]; then running 30; else running 4; fi
section code; echo "$code"
probe
`;

/** Goes back to the profile `$1`, then probes. */
export const SWITCH_BACK = `${FUNCTIONS}
lock
section run
tailscale switch "$1" 2>&1
code=$?
running 30
section code; echo "$code"
probe
`;

/** Forgets the profile `$1` (the present one stays), then probes. */
export const FORGET_PROFILE = `${FUNCTIONS}
lock
section run
tailscale switch remove "$1" 2>&1
section code; echo $?
probe
`;

/**
 * Runs one change (`tailscale "$@"`), waits until the node's name starts with `$1.` (at most 10 s), then probes.
 */
export const CHANGE = `${FUNCTIONS}
lock
name=$1; shift
section run
tailscale "$@" 2>&1
code=$?
if [ "$code" -eq 0 ]; then
  n=0 # running counts with i
  while [ "$n" -lt 20 ]; do
    running 30
    case "$(status | tr -d ' \\t\\n')" in *'"DNSName":"'"$name".*) break ;; esac
    sleep 0.5 2>/dev/null || sleep 1
    n=$((n + 1))
  done
fi
section code; echo "$code"
probe
`;

/**
 * Waits until the node has the name `$1`, every tag given after it, and none of those after `--` (at most 10 s), then
 * probes: what the control server was told takes a moment to arrive.
 */
export const AWAIT_NODE = `${FUNCTIONS}
name=$1; shift
settled() {
  seen=$(status | tr -d ' \\t\\n'); wanted=yes
  case "$seen" in *'"DNSName":"'"$name".*) ;; *) return 1 ;; esac
  for tag in "$@"; do
    if [ "$tag" = -- ]; then wanted=no; continue; fi
    case "$seen" in *"\\"$tag\\""*) found=yes ;; *) found=no ;; esac
    [ "$found" = "$wanted" ] || return 1
  done
}
i=0
while [ "$i" -lt 40 ] && ! settled "$@"; do
  sleep 0.25 2>/dev/null || sleep 1
  i=$((i + 1))
done
probe
`;

/** Logs the node out, then probes. */
export const LOGOUT = `${FUNCTIONS}
lock
section run
tailscale logout 2>&1
code=$?
section code; echo "$code"
probe
`;

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
