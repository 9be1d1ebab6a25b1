/** The scripts that read and change the node of a client that is installed. */
import { FORWARDING_FILE } from "./forwarding-facts";
import { MARK_FILE } from "./machine";
import { FUNCTIONS, PATIENTLY } from "./shell";

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
 * attempt can print the former error while it goes through. The section `joined-by-other`: another run was first.
 */
export const LOGIN = `${FUNCTIONS}
lock
exec 3<&0 </dev/null
state() { status | tr -d ' \\t\\n'; }
log_in() { # gives up at once where the control server says that it never will
  tailscale "$@" <&3 2>&1 3<&- 9>&- & client=$!
  while sleep 2 >/dev/null 2>&1; do
    seen=$(status)
    case "$seen" in *NodeKeyExpired*) kill "$client"; printf '%s\\n' "$seen" | sed -n 's/.*"\\(.*NodeKeyExpired.*\\)".*/\\1/p'; break ;; esac
  done 9>&- & watcher=$!
  wait "$client"; code=$?
  kill "$watcher" 2>/dev/null
  return "$code"
}
section previous
if [ "$1" = login ]; then tailscale switch --list 2>/dev/null | sed -n 's/^\\([^ ]*\\) .*\\*$/\\1/p'; fi
section run
command=$1; shift
case "$command $(state)" in
  'up '*'"BackendState":"Running"'*) code=0; section joined-by-other ;; # what it is now is checked after
  *)
    case "$command $(tailscale debug prefs 2>/dev/null | tr -d ' \\t\\n')" in
      # up demands these, and does not take them before the node is in the mesh
      'up '*'"ExitNodeIP":"'[!\\"]* | 'up '*'"ExitNodeAllowLANAccess":true'*)
        tailscale set --exit-node= --exit-node-allow-lan-access=false 2>&1 ;;
    esac
    log_in "$command" --auth-key=file:/dev/stdin --timeout=60s "$@" ;;
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
case "$(status | tr -d ' \\t\\n')" in *'"BackendState":"Stopped"'*) is_up='' ;; *) is_up=yes ;; esac
if [ "$code" -eq 0 ] && [ -n "$is_up" ]; then # a setting brings no node up
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
export const AWAIT_NODE = `${FUNCTIONS}${PATIENTLY}
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
patiently 40 settled "$@"
probe
`;

const logout = (after = "") => `${FUNCTIONS}
lock
section run
tailscale logout 2>&1
code=$?
${after}section code; echo "$code"
probe
`;

/** Logs the node out, then probes. */
export const LOGOUT = logout();

/** As LOGOUT, for good: nobody holds the host any more, and it routes for nobody; nor does one whose client has gone. */
export const LEAVE =
  logout(`if [ "$code" = 0 ] || ! have tailscale; then rm -f ${MARK_FILE} ${FORWARDING_FILE}; fi
rmdir ${MARK_FILE.replace(/\/[^/]*$/, "")} 2>/dev/null
`);

/**
 * Writes who holds the host, then probes, with the client's key: `$2` is the mark, or empty to take it away. Nothing is
 * written unless the host is still held by `$1` (an id; empty: by nobody): another run may have come first.
 */
export const WRITE_MARK = `${FUNCTIONS}
lock
section run
held=$(mark | sed -n 's/^declaration=//p')
if [ "$held" != "$1" ]; then code=2
elif [ -z "$2" ]; then rm -f ${MARK_FILE}; code=$?
else
  umask 077
  { mkdir -p ${MARK_FILE.replace(/\/[^/]*$/, "")} && printf '%s\\n' "$2" >${MARK_FILE}.new && mv ${MARK_FILE}.new ${MARK_FILE}; } 2>&1
  code=$?
fi
section code; echo "$code"
with_client_key=yes
probe
`;
