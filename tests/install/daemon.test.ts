/** A daemon that was stopped or is not started at boot: each init system's own ways to damage it, and the way back. */
import { expect } from "@jest/globals";
import { install, type Pass } from "./support/client";
import { mustRest } from "./support/expect";
import { cell } from "./support/record";
import { target, type Init } from "./support/targets";

const USER = "admin";

/** What somebody did to the service, as he would say it, and as he did it. */
const DAMAGES: Readonly<Record<Init, Readonly<Record<string, string>>>> = {
  systemd: {
    stopped: "systemctl stop tailscaled",
    disabled: "systemctl disable tailscaled",
    masked: "systemctl disable --now tailscaled; systemctl mask tailscaled",
    "without its defaults": "systemctl stop tailscaled; rm /etc/default/tailscaled",
  },
  sysvinit: {
    stopped: "service tailscaled stop",
    disabled: "update-rc.d tailscaled disable",
    removed: "service tailscaled stop; update-rc.d -f tailscaled remove",
    crashed: "pkill -9 -f '[/]opt/tailscale/run supervise'; pkill -9 -x tailscaled",
  },
  openrc: {
    stopped: "rc-service tailscaled stop",
    disabled: "rc-update del tailscaled default",
    "without its supervisor": "pkill -9 -f '[s]upervise-daemon tailscaled'",
    crashed: "pkill -9 -f '[s]upervise-daemon tailscaled'; pkill -9 -x tailscaled",
  },
  runit: {
    stopped: "sv down tailscaled",
    "kept from booting": "touch /etc/sv/tailscaled/down; sv down tailscaled",
    removed: "sv force-stop tailscaled; rm /etc/service/tailscaled; sleep 4",
  },
  none: {
    stopped: "/opt/tailscale/run stop",
    killed: "pkill -9 -f '[/]opt/tailscale/run supervise'; pkill -9 -x tailscaled",
  },
};

for (const image of ["debian", "fedora", "sysvinit", "openrc", "runit", "bare"] as const) {
  const { init, ...of } = target(image);
  const damages = DAMAGES[init];
  const row = {
    group: "Broken daemon",
    target: { init, ...of },
    before: `installed, then ${Object.keys(damages).join("; ")}`,
    settings: "auto",
    user: USER,
    outcome: "runs again, also at boot, each time",
  } as const;
  cell(row, async (host) => {
    let last: Pass = await install(host, USER);
    for (const [name, damage] of Object.entries(damages)) {
      await host.try(damage);
      last = await install(host, USER);
      const state = await host.awaitDaemon(20);
      const progress = last.progress.filter((line) => !line.startsWith("making /etc/default"));
      expect({ name, progress, state }).toEqual({
        name,
        progress: ["starting tailscaled"],
        state: "NeedsLogin",
      });
      await mustRest(host, USER);
    }
    if (init !== "none") {
      await host.reboot();
      expect(await host.awaitDaemon(60)).toBe("NeedsLogin");
    }
    return last;
  });
}
