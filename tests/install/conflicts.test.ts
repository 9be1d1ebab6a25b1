/** Two clients on one host: a file of somebody's that hides the package, a tarball where a package is wanted, and back. */
import { expect } from "@jest/globals";
import { install, installRefused } from "./support/client";
import { mustRest, NEWEST, OLD } from "./support/expect";
import { changes, listFiles } from "./support/listing";
import { cell } from "./support/record";
import { target } from "./support/targets";
import { installByHand } from "./support/ways";

const USER = "admin";
const group = "Conflicts";
const linked = "ls -l /usr/local/bin/tailscale /usr/local/sbin/tailscaled 2>/dev/null";

/** The lab has no snapd: a program and a unit where it puts them. */
const SNAP = `
  mkdir -p /snap/bin
  printf '#!/bin/sh\\necho 1.102.0\\n' >/snap/bin/tailscale; chmod 0755 /snap/bin/tailscale
  printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/snap.tailscale.tailscaled.service
  systemctl daemon-reload; systemctl start snap.tailscale.tailscaled`;
for (const method of ["auto", "skip"]) {
  const snap = { group, target: target("debian"), before: "the client is a snap", user: USER } as const;
  const outcome = "refused, names it; goes on when it is gone";
  cell({ ...snap, settings: `method: ${method}`, outcome }, async (host) => {
    await host.must(SNAP);
    const files = await listFiles(host);
    const pass = await installRefused(host, USER, { method });
    expect(pass.value.message).toMatch(/the client is a snap .*snap remove tailscale/);
    expect(changes(files, await listFiles(host))).toEqual([]);
    await host.must(
      "systemctl stop snap.tailscale.tailscaled; rm -r /snap /etc/systemd/system/snap.tailscale.tailscaled.service",
    );
    await install(host, USER);
    expect(await host.version()).toBe(NEWEST);
    return pass;
  });
}

for (const image of ["debian", "fedora"] as const) {
  const row = { group, target: target(image), settings: "auto", user: USER } as const;

  const foreign = { ...row, before: "package, hidden by somebody's /usr/local/bin/tailscale" };
  cell({ ...foreign, outcome: "refused, names the file; goes on when it is gone" }, async (host) => {
    await installByHand(host, OLD);
    await host.must("cp /usr/bin/tailscale /usr/local/bin/tailscale");
    const { value: error } = await installRefused(host, USER);
    expect(error.kind).toBe("install-failed");
    expect(error.detail).toContain("/usr/local/bin/tailscale is in the way");
    expect((await host.try("ls /usr/local/bin/tailscale")).code).toBe(0);
    await host.must("rm /usr/local/bin/tailscale");
    const pass = await install(host, USER);
    expect(await host.version()).toBe(OLD);
    await mustRest(host, USER);
    return pass;
  });

  const tarball = { ...row, before: `tarball of ${NEWEST}`, settings: "method: repository" };
  cell({ ...tarball, outcome: "the package takes its place" }, async (host) => {
    await install(host, USER, { method: "tarball" });
    const settings = { method: "repository" };
    const pass = await install(host, USER, settings);
    expect((await host.try(linked)).stdout).toBe("");
    expect(await host.must("hash -r; command -v tailscale")).toBe("/usr/bin/tailscale");
    expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
    await mustRest(host, USER, settings);
    return pass;
  });

  const both = { ...row, before: `tarball of ${OLD}, then the package by hand` };
  cell({ ...both, outcome: "the package takes its place" }, async (host) => {
    await install(host, USER, { method: "tarball", version: OLD });
    await installByHand(host, NEWEST).catch(() => undefined); // dpkg may stop to ask about a file of ours
    const pass = await install(host, USER);
    expect((await host.try(linked)).stdout).toBe("");
    expect(await host.version()).toBe(NEWEST);
    expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
    await mustRest(host, USER);
    return pass;
  });

  const packaged = { ...row, before: `package of ${OLD}`, settings: `method: tarball, version: ${NEWEST}` };
  cell({ ...packaged, outcome: "the tarball takes its place" }, async (host) => {
    await installByHand(host, OLD);
    const settings = { method: "tarball", version: NEWEST };
    const pass = await install(host, USER, settings);
    expect(await host.version()).toBe(NEWEST);
    expect((await host.try("ls /usr/bin/tailscale /usr/sbin/tailscaled")).stdout).toBe("");
    expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
    await mustRest(host, USER, settings);
    return pass;
  });
}
