/** What ensureInstalled does with real packages and a real daemon: upgrade, repair, and nothing when all is well. */
import { beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { installClient } from "./support/install";
import { freshHosts, mustLab, onHost } from "./support/lab";
import { installBlock } from "./support/network";

let lab: Lab;
beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
});

const install = (settings?: object) => installClient(lab, "host-1", settings);

const version = async () => (await onHost(lab, "host-1", "tailscale", "version")).split("\n")[0];

it("packages that are not signed with the expected key are refused, and nothing is installed", async () => {
  await expect(install({})).rejects.toThrow(
    /^web-1: install failed: the packages are not signed with the expected key \(Tailscale's, 2596A99E.*set install.repository_key/s,
  );
  expect(await onHost(lab, "host-1", "sh", "-c", "command -v tailscale; ls /usr/sbin/tailscaled")).toBe("");
});

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
  expect(await install(installBlock(lab, { min_version: "1.90.0" }))).toEqual([]);
  expect(await version()).toBe("1.98.1");
  expect(await install(installBlock(lab, { min_version: "1.100.0" }))).toEqual([
    "installing from the apt repository (Debian 12)",
    "reading the package repository",
    "installing 1.102.0",
  ]);
  expect(await version()).toBe("1.102.0");
});

it("another package manager at work is waited for, with a word about it", async () => {
  // As apt holds it: a lock by fcntl, on the front end's file.
  const hold = `import fcntl, time; f = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(8)`;
  const holder = lab.exec("host-1", ["python3", "-c", hold]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await install(installBlock(lab, { version: "1.98.1" }))).toContain(
    "waiting for another package manager",
  );
  expect((await holder).code).toBe(0);
  expect(await version()).toBe("1.98.1");
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
