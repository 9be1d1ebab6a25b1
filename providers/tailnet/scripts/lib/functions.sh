#!/bin/sh
# What every script that ends with a probe begins with: prints facts in sections (`section`) and progress (`say`). Values come in as
# arguments, secrets on standard input, and as `$0` the mark of this run, by which its own lines are told from those of other programs.

. ./providers/tailnet/scripts/lib/peer.sh
. ./providers/tailnet/scripts/lib/host.sh
. ./providers/tailnet/scripts/lib/snap.sh
. ./providers/tailnet/scripts/lib/machine.sh
. ./providers/tailnet/scripts/lib/run-folder.sh
. ./providers/tailnet/scripts/lib/forwarding.sh
. ./providers/tailnet/scripts/lib/udp-gro-file.sh
. ./providers/tailnet/scripts/lib/settings-file.sh
json_limit=1000000 # bytes that are taken of what the client prints as JSON
lock_wait_s=600 # as long as a slow installation may take
section() { printf '\n#%s:%s\n' "$0" "$1"; }
say() { printf '#%s>%s\n' "$0" "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }
daemons() { # the processes of tailscaled, without those of containers on this host; $1: "pid", or "pid mnt"
  # shellcheck disable=SC2013 # no space in these
  for each in $(grep -lsx tailscaled /proc/[0-9]*/comm); do
    each=${each%/comm}
    for kind in $1; do [ "$(readlink "$each/ns/$kind")" = "$(readlink "/proc/self/ns/$kind")" ] || continue 2; done
    echo "${each#/proc/}"
  done
}
answers() { [ ! -e /proc/self/comm ] || [ -n "$(daemons pid)" ]; } # else the client takes seconds to say no
status() { answers && tailscale status --json --peers=false 2>/dev/null | head -c "$json_limit"; }
compact() { printf %s "$1" | tr -d ' \t\n'; }
exit_node() { # who the exit node is, which the preferences know by an id
  case "$1" in *'"ExitNodeStatus"'*) ;; *) return 0 ;; esac
  ip=$(compact "$1" | sed -n 's#.*"ExitNodeStatus":{[^}]*"TailscaleIPs":\["\([^"/]*\).*#\1#p')
  [ -z "$ip" ] || tailscale whois --json "$ip" 2>/dev/null | head -c 100000
}
probe() { # $1: the daemon's status, where it has just been read
  section os; head -c 20000 /etc/os-release 2>/dev/null || head -c 20000 /usr/lib/os-release 2>/dev/null
  section facts; host_facts; snap_facts
  section mark; mark
  seen=''
  if have tailscale; then
    section status; seen=${1:-$(status)}; printf '%s\n' "$seen"
    prefs=''
    if [ -n "$seen" ]; then prefs=$(tailscale debug prefs 2>/dev/null | head -c "$json_limit"); fi
    section prefs; printf '%s\n' "$prefs"
    section settings; if [ -n "$prefs" ]; then tailscale get --json 2>/dev/null | head -c 100000; fi
    if [ -n "${with_serve:-}" ] && [ -n "$prefs" ]; then section serve; tailscale serve status --json 2>/dev/null | head -c 100000; fi
    section exit-node; exit_node "$seen"
    section served; served_routes "$prefs"
  fi
  section forwarding; forwarding_facts
  if [ -e "$gro_file" ]; then section udp-gro; if have gro_facts; then gro_facts; fi; fi # of udp-gro.sh, where a script has that
  if [ -e "$settings_file" ]; then
    section daemon-settings; head -c 100000 "$settings_file"
    if have lacking; then section daemon-lacks; lacking "$init" | head -c 10000; fi # of daemon-settings.sh, where a script has that
  fi
  section machine; machine_facts
  case "$seen" in *'"BackendState": "Running"'*) ;; *) client_key ;; esac
  section peer; peer
  section end
}
lock() { # two runs never change a host at the same time; without flock they may
  have flock || return 0
  run_folder; case $? in 0) ;; 2) return 0 ;; *) section unsafe; echo "$own"; section end; exit ;; esac
  exec 9>>"$own/lock"
  i=0
  until flock -n 9; do # -w is not everywhere
    if [ "$i" = 0 ]; then say 'waiting for another run on this host'; fi
    if [ "$i" -ge "$lock_wait_s" ]; then section locked; section end; exit; fi
    sleep 1; i=$((i + 1))
  done
}
await_daemon() { # waits up to 10 s for the daemon to answer, and for a node that has a login to be up again; `answer` is its status then
  end=$(($(date +%s) + 10))
  while true; do
    answer=$(status)
    case "$(compact "$answer")" in '' | *'"BackendState":"NoState"'* | *'"BackendState":"Starting"'*) [ "$(date +%s)" -lt "$end" ] || return 0 ;; *) return 0 ;; esac
    sleep 0.25 2>/dev/null || sleep 1
  done
}
running() { # waits up to $1 half seconds for the node to be running, with an address and a name; `answer` is its status then
  i=0
  while true; do
    answer=$(status)
    case "$(compact "$answer")" in
      *'"BackendState":"NeedsMachineAuth"'*) return 0 ;;
      *'"BackendState":"Running"'*'"TailscaleIPs":["'*'"DNSName":"'[!\"]*) return 0 ;;
      *'"BackendState":"Running"'*'"DNSName":"'[!\"]*'"TailscaleIPs":["'*) return 0 ;;
    esac
    [ "$i" -lt "$1" ] || return 1
    sleep 0.5 2>/dev/null || sleep 1
    i=$((i + 1))
  done
}
