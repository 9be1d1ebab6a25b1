/** What every script on a host begins with. Scripts are constant texts: values come in as arguments, secrets on standard input. */

import { FORWARDING_FACTS } from "./forwarding-facts";
import { HOST_FACTS } from "./host";
import { MACHINE } from "./machine";
import { PEER } from "./peer";

/** Seconds that a script waits for another one on the same host: as long as a slow installation may take. */
export const LOCK_WAIT_S = 600;

/** Shared by all scripts: prints facts in sections that `parseSections` splits again. */
export const FUNCTIONS = `
section() { printf '\\n#:%s\\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }
answers() { [ ! -e /proc/self/comm ] || grep -qsx tailscaled /proc/[0-9]*/comm; } # else the client takes seconds to say no
status() { answers && tailscale status --json --peers=false 2>/dev/null | head -c 1000000; }
exit_node() { # who the exit node is, which the preferences know by an id
  ip=$(printf %s "$1" | tr -d ' \\t\\n' | sed -n 's#.*"ExitNodeStatus":{[^}]*"TailscaleIPs":\\["\\([^"/]*\\).*#\\1#p')
  [ -z "$ip" ] || tailscale whois --json "$ip" 2>/dev/null
}
${PEER}${HOST_FACTS}${MACHINE}${FORWARDING_FACTS}probe() {
  section os; head -c 20000 /etc/os-release 2>/dev/null || head -c 20000 /usr/lib/os-release 2>/dev/null
  section facts; host_facts
  section mark; mark
  seen=''
  if have tailscale; then
    section status; seen=$(status); printf '%s\\n' "$seen"
    prefs=''
    if answers; then prefs=$(tailscale debug prefs 2>/dev/null | head -c 1000000); fi
    section prefs; printf '%s\\n' "$prefs"
    section settings; if [ -n "$prefs" ]; then tailscale get --json 2>/dev/null | head -c 100000; fi
    section exit-node; exit_node "$seen"
    section served; served_routes "$prefs"
  fi
  section forwarding; forwarding_facts
  section machine; machine_facts
  case "\${with_client_key:-} $seen" in ' '*'"BackendState": "Running"'*) ;; *) client_key ;; esac
  section peer; peer
  section end
}
lock() { # two runs never change a host at the same time; without flock they may
  { have flock && [ -w /run ]; } || return 0
  exec 9>>/run/pulumi-mesh.lock
  i=0
  until flock -n 9; do # -w is not everywhere
    if [ "$i" = 0 ]; then printf '#>waiting for another run on this host\\n'; fi
    if [ "$i" -ge ${LOCK_WAIT_S} ]; then section locked; section end; exit; fi
    sleep 1; i=$((i + 1))
  done
}
await_daemon() { # waits up to 10 s for the daemon to answer, and for a node that has a login to be up again
  end=$(($(date +%s) + 10))
  while [ "$(date +%s)" -lt "$end" ]; do
    case "$(status | tr -d ' \\t\\n')" in '' | *'"BackendState":"NoState"'* | *'"BackendState":"Starting"'*) ;; *) break ;; esac
    sleep 0.25 2>/dev/null || sleep 1
  done
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
