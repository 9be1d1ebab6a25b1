/** What every script on a host begins with. Scripts are constant texts: values come in as arguments, secrets on standard input. */

import { HOST_FACTS } from "./host";
import { PEER } from "./peer";

/** Shared by all scripts: prints facts in sections that `parseSections` splits again. */
export const FUNCTIONS = `
section() { printf '\\n#:%s\\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }
answers() { [ ! -e /proc/self/comm ] || grep -qsx tailscaled /proc/[0-9]*/comm; } # else the client takes seconds to say no
status() { answers && tailscale status --json --peers=false 2>/dev/null; }
${PEER}${HOST_FACTS}probe() {
  section os; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null
  section facts; host_facts
  if have tailscale; then
    section status; status
    section prefs; answers && tailscale debug prefs 2>/dev/null
  fi
  section peer; peer
  section end
}
lock() { # two runs never change a host at the same time; without flock they may
  if have flock && [ -w /run/lock ]; then
    exec 9>/run/lock/pulumi-mesh.lock
    flock -n 9 || { printf '#>waiting for another run on this host\\n'; flock -w 120 9; }
  fi
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
