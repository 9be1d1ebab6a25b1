/** IP forwarding on a host: what the kernel does now, and our file that has it do so after a boot. */
import { FUNCTIONS, PATIENTLY } from "./shell";
import { FORWARDING_FILE } from "./forwarding-facts";

/**
 * Shell function: has the init system read /etc/sysctl.d at boot, where it is left to somebody to say so; prints `unread`
 * where nothing on the host does.
 */
const AT_BOOT = `
at_boot() {
  init=$(init_system)
  case "$init" in systemd | none) return ;; esac # the one always does; with the other nothing starts at boot
  for script in /etc/runit/core-services/*sysctl*; do if [ -e "$script" ]; then return; fi; done
  for name in sysctl procps; do
    [ -e "/etc/init.d/$name" ] || continue
    for link in /etc/runlevels/*/"$name" /etc/rcS.d/S*"$name" /etc/rc[2345].d/S*"$name"; do if [ -e "$link" ]; then return; fi; done
    case "$init" in
      openrc) rc-update -q add "$name" boot >/dev/null && return ;;
      *) if have update-rc.d; then update-rc.d "$name" defaults >/dev/null && return
        else ln -s "../init.d/$name" "/etc/rcS.d/S20$name" && return; fi ;;
    esac
  done 2>/dev/null
  echo unread
}
`;

/**
 * Switches forwarding on, now and at boot, then probes. Arguments: devices whose default route a router announces: they, and those
 * that do so already, go on listening to it, which a host that forwards does not do by itself.
 */
export const FORWARD = `${FUNCTIONS}${AT_BOOT}
lock
section run
text='# pulumi-mesh made this: the host has routes for its tailnet. It is removed with the last of them.'
set_now() { # a device that has gone is no failure
  printf '%s' "$2" 2>/dev/null >"/proc/sys/$1"
}
# also those that listen since an earlier run: the file is written anew
for device in "$@" $(announced_devices '1 2'); do
  case "$text" in *"/$device/accept_ra "*) continue ;; esac
  set_now "net/ipv6/conf/$device/accept_ra" 2
  text="$text
net/ipv6/conf/$device/accept_ra = 2"
done
set_now net/ipv4/ip_forward 1
text="$text
net.ipv4.ip_forward = 1"
if [ -e /proc/sys/net/ipv6/conf/all/forwarding ]; then
  set_now net/ipv6/conf/all/forwarding 1
  text="$text
net.ipv6.conf.all.forwarding = 1"
fi
umask 022
{ mkdir -p ${FORWARDING_FILE.replace(/\/[^/]*$/, "")} && printf '%s\\n' "$text" >${FORWARDING_FILE}.new && mv ${FORWARDING_FILE}.new ${FORWARDING_FILE}; } 2>&1
code=$?
at_boot
# read last, whatever its name
grep -qsE '^[[:space:]]*net[./](ipv4[./]ip_forward|ipv6[./]conf[./]all[./]forwarding)[[:space:]]*=[[:space:]]*0' /etc/sysctl.conf && echo overruled
section code; echo "$code"
probe
`;

/** Takes our file away, then probes. The kernel forwards on until the next boot: something else may rely on it by now. */
export const FORWARD_NO_MORE = `${FUNCTIONS}
lock
section run
rm -f ${FORWARDING_FILE} 2>&1
section code; echo $?
probe
`;

/** Waits until the node has heard that the given routes are its own (at most 5 s), then probes. */
export const AWAIT_ROUTES = `${FUNCTIONS}${PATIENTLY}
served() {
  seen=$(status | tr -d ' \\t\\n')
  for route in "$@"; do case "$seen" in *'"AllowedIPs":['*"\\"$route\\""*'],'*) ;; *) return 1 ;; esac; done
}
patiently 20 served "$@"
probe
`;
