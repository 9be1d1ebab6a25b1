/** The scripts that read and change the node of a client that is installed. */
import { FUNCTIONS } from "./shell";

/** Reads everything that decisions need, in one go; changes nothing. */
export const PROBE = `${FUNCTIONS}
probe
`;

/** Waits until the daemon knows its state (at most 10 s), then probes. */
export const AWAIT_DAEMON = `${FUNCTIONS}
await_daemon
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
  *)
    case "$command $(tailscale debug prefs 2>/dev/null | tr -d ' \\t\\n')" in
      # up demands these, and does not take them before the node is in the mesh
      'up '*'"ExitNodeIP":"'[!\\"]* | 'up '*'"ExitNodeAllowLANAccess":true'*)
        tailscale set --exit-node= --exit-node-allow-lan-access=false 2>&1 ;;
    esac
    tailscale "$command" --auth-key=file:/dev/stdin --timeout=60s "$@" 2>&1; code=$? ;;
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
 * Runs one change (`tailscale "$@"`), waits until the node is running and, where `$1` is not empty, has that name (at
 * most 10 s), then probes.
 */
export const CHANGE = `${FUNCTIONS}
lock
name=$1; shift
section run
if have timeout; then timeout 60 tailscale "$@" 2>&1; else tailscale "$@" 2>&1; fi
code=$?
if [ "$code" -eq 0 ]; then
  running 30
  n=0 # running counts with i
  while [ -n "$name" ] && [ "$n" -lt 20 ]; do
    case "$(status | tr -d ' \\t\\n')" in *'"DNSName":"'"$name".*) break ;; esac
    sleep 0.5 2>/dev/null || sleep 1
    running 30
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
