/** What ensureInstalled does with real packages and a real daemon: upgrade, repair, and nothing when all is well. */
import { beforeAll, expect, it } from "vitest";
import type { Lab } from "../../lab";
import { createContext, get } from "../../providers";
import { connect } from "../../transport";
import { connectionTo, freshHosts, mustLab, onHost } from "./support/lab";

let lab: Lab;
beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
});

/** Runs ensureInstalled as the sudo user `admin`, and returns what it said it was doing. */
async function install(settings: object = {}): Promise<string[]> {
  const progress: string[] = [];
  await using session = await connect(connectionTo(lab, "host-1", "admin"), {
    host: "web-1",
    knownHostsFiles: [],
  });
  const ctx = createContext(session, { progress: (message) => void progress.push(message) });
  const config = { login_server: lab.loginServer, tailnet_domain: lab.baseDomain, install: settings };
  await get("headscale").ensureInstalled(ctx, { config, host: "web-1" });
  return progress;
}

const version = async () => (await onHost(lab, "host-1", "tailscale", "version")).split("\n")[0];

it("a client below install.min_version is upgraded, one that is new enough is left alone", async () => {
  const old = [
    "set -e",
    "cd /usr/lib/apt",
    "./apt-helper download-file https://pkgs.tailscale.com/stable/debian/bookworm.noarmor.gpg /usr/share/keyrings/tailscale-archive-keyring.gpg",
    "./apt-helper download-file https://pkgs.tailscale.com/stable/debian/bookworm.tailscale-keyring.list /etc/apt/sources.list.d/tailscale.list",
    "apt-get -q update",
    "DEBIAN_FRONTEND=noninteractive apt-get -q -y install tailscale=1.98.1",
  ];
  expect((await lab.exec("host-1", ["sh", "-c", old.join("\n")])).code).toBe(0);
  expect(await install({ min_version: "1.90.0" })).toEqual([]);
  expect(await version()).toBe("1.98.1");
  expect(await install({ min_version: "1.100.0" })).toEqual([
    "reading the package repository",
    "installing 1.102.0",
  ]);
  expect(await version()).toBe("1.102.0");
});

it("a daemon that was stopped, disabled or masked runs again, also at boot", async () => {
  for (const damage of [
    "systemctl stop tailscaled",
    "systemctl disable tailscaled",
    "systemctl disable --now tailscaled; systemctl mask tailscaled",
  ]) {
    await lab.exec("host-1", ["sh", "-c", damage]);
    expect(await install()).toEqual(["starting tailscaled"]);
    expect(await onHost(lab, "host-1", "systemctl", "is-active", "tailscaled")).toBe("active");
    expect(await onHost(lab, "host-1", "systemctl", "is-enabled", "tailscaled")).toBe("enabled");
  }
  expect(await install()).toEqual([]);
});
