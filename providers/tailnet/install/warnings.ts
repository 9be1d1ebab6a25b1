/** Pure: what a user has to know of an installation that succeeded with less than usual. */
import type { HostFacts } from "../probe/facts";

export function installWarnings({ init, status, tun }: HostFacts): string[] {
  return [
    ...(init === "none"
      ? [
          "tailscaled runs, supervised, but nothing starts it at boot: the host has no init system that we know; have whatever starts the host run `/opt/tailscale/run start`",
        ]
      : []),
    ...(status?.TUN === false && !tun
      ? [
          "the host has no network device (/dev/net/tun), so userspace networking is used: others reach the host, but its programs reach the mesh only through a proxy of tailscaled (--socks5-server)",
        ]
      : []),
  ];
}
