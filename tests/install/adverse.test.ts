/** What else is wrong on hosts of the field, and is none of our business: we get along with it, or say what it is. */
import { createServer } from "node:http";
import { connect as dial, createServer as createTcpServer, type AddressInfo } from "node:net";
import { expect } from "@jest/globals";
import { fillDisk, inMounts, unmount } from "../faults/support/machine";
import { install, installRefused } from "./support/client";
import { mustRest, NEWEST, OLD } from "./support/expect";
import type { TestHost } from "./support/host";
import { tarballFile } from "./support/mirror";
import { cell } from "./support/record";
import { target } from "./support/targets";
import { installByHand } from "./support/ways";

const USER = "admin";
const row = { group: "Hosts as they are", settings: "auto", user: USER } as const;
const debian = target("debian");

/** This machine and the package mirror, as the host sees them. */
const neighbours = ({ address }: TestHost) =>
  [1, 2].map((last) => address.replace(/\d+$/, String(last))) as [string, string];

/** Nobody answers there, and nobody says so: the lab's network has no such address. */
const DEAD = "http://10.255.255.1";
const DEAD_REPOSITORY = {
  debian: `echo 'deb ${DEAD} bookworm main' >/etc/apt/sources.list.d/dead.list`,
  fedora: `printf '[dead]\nname=dead\nbaseurl=${DEAD}\nenabled=1\ngpgcheck=0\nskip_if_unavailable=0\n' >/etc/yum.repos.d/dead.repo`,
  opensuse: `mkdir -p /etc/zypp/repos.d; printf '[dead]\nname=dead\nbaseurl=${DEAD}\nenabled=1\nautorefresh=1\ngpgcheck=0\n' >/etc/zypp/repos.d/dead.repo`,
  // pacman does nothing at all with a repository that it has never read
  arch: `printf '[dead]\nServer = ${DEAD}\n' >>/etc/pacman.conf; mkdir -p /var/lib/pacman/sync; tar -czf /var/lib/pacman/sync/dead.db --files-from /dev/null`,
} as const;

for (const image of Object.keys(DEAD_REPOSITORY) as (keyof typeof DEAD_REPOSITORY)[]) {
  const dead = { ...row, target: target(image), before: "another repository does not answer" };
  cell({ ...dead, settings: `min_version: ${NEWEST}`, outcome: "installed all the same" }, async (host) => {
    await host.must(DEAD_REPOSITORY[image]);
    const pass = await install(host, USER, { min_version: NEWEST });
    expect(await host.version()).toBe(NEWEST);
    await mustRest(host, USER);
    return pass;
  });
}

const update = { ...row, target: debian, before: "the machine's own apt-get update is under way" };
cell({ ...update, outcome: "waited for, and said; installed" }, async (host) => {
  const [gateway] = neighbours(host);
  const silent = createTcpServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, gateway, resolve));
  try {
    const { port } = silent.address() as AddressInfo;
    await host.must(
      `echo 'deb http://${gateway}:${port} bookworm main' >/tmp/slow.list
       own='-o Dir::Etc::sourcelist=/tmp/slow.list -o Dir::Etc::sourceparts=- -o Acquire::http::Timeout=8 -o Acquire::Retries=0'
       apt-get $own update </dev/null >/dev/null 2>&1 &
       sleep 1`,
    );
    const pass = await install(host, USER);
    expect(pass.progress).toContain("waiting for another package manager");
    expect(await host.version()).toBe(NEWEST);
    return pass;
  } finally {
    silent.close();
  }
});

const dpkg = { ...row, target: debian, before: "another package is being installed" };
cell({ ...dpkg, outcome: "waited for, and said; installed" }, async (host) => {
  await host.must(
    `mkdir -p /tmp/slow/DEBIAN
     printf 'Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' >/tmp/slow/DEBIAN/control
     printf '#!/bin/sh\nsleep 10\n' >/tmp/slow/DEBIAN/postinst
     chmod 0755 /tmp/slow/DEBIAN/postinst
     dpkg-deb --build /tmp/slow /tmp/slow.deb
     apt-get -q -y install /tmp/slow.deb </dev/null >/dev/null 2>&1 &
     until pgrep -x dpkg >/dev/null; do sleep 0.2; done`,
  );
  const pass = await install(host, USER);
  expect(pass.progress).toContain("waiting for another package manager");
  expect(await host.version()).toBe(NEWEST);
  return pass;
});

const held = { ...row, target: debian, before: `${OLD}, held back with apt-mark` };
cell(
  { ...held, settings: `min_version: ${NEWEST}`, outcome: "refused, says how to release it" },
  async (host) => {
    await installByHand(host, OLD);
    await host.must("apt-mark hold tailscale");
    await mustRest(host, USER);
    const pass = await installRefused(host, USER, { min_version: NEWEST });
    expect(pass.value.message).toMatch(/somebody holds the package back.*apt-mark unhold tailscale/);
    expect(await host.version()).toBe(OLD);
    return pass;
  },
);

const out = { ...row, target: debian, before: OLD, settings: "min_version: 1.200.0" };
cell({ ...out, outcome: "refused: there is none; the old one stays" }, async (host) => {
  await installByHand(host, OLD);
  const pass = await installRefused(host, USER, { min_version: "1.200.0" });
  expect(pass.value.message).toMatch(
    /newest version there, 1\.102\.0, is below 1\.200\.0.*install\.min_version/,
  );
  expect(await host.version()).toBe(OLD);
  return pass;
});

const stale = { ...row, target: debian, before: "the lists of another repository have expired" };
cell(
  { ...stale, settings: "version: 1.101.0", outcome: "refused: what is said is about the version" },
  async (host) => {
    await host.must(
      `mkdir /opt/own; touch /opt/own/Packages
       printf 'Date: Mon, 01 Jan 2024 00:00:00 UTC\nValid-Until: Tue, 02 Jan 2024 00:00:00 UTC\n' >/opt/own/Release
       echo 'deb [trusted=yes] file:/opt/own ./' >/etc/apt/sources.list.d/own.list`,
    );
    expect((await host.try("apt-get -q update 2>&1")).stdout).toContain("is expired (invalid since");
    const pass = await installRefused(host, USER, { version: "1.101.0" });
    expect(pass.value.message).toMatch(/'1\.101\.0'.*was not found.*correct install\.version/);
    expect(pass.value.message).not.toContain("clock");
    expect((await host.try("ls /etc/apt/sources.list.d")).stdout).toBe("own.list\n");
    return pass;
  },
);

const strict = { ...row, target: debian, before: "sudo's PATH without /usr/local; /tmp mounted noexec" };
cell({ ...strict, settings: "method: tarball", outcome: "installed" }, async (host) => {
  await host.must(
    "echo 'Defaults secure_path=/sbin:/bin:/usr/sbin:/usr/bin' >/etc/sudoers.d/path; chmod 0440 /etc/sudoers.d/path",
  );
  await inMounts(host.lab, host.name, "mount", "-t", "tmpfs", "-o", "noexec", "noexec", "/tmp");
  const pass = await install(host, USER, { method: "tarball" });
  await mustRest(host, USER, { method: "tarball" });
  return pass;
});

/** Where a tarball is fetched and unpacked. */
const WORK = "/opt/tailscale/.new";
for (const method of ["tarball", "push"] as const) {
  const full = { ...row, target: debian, before: `tarball of ${OLD}, then a full disk` };
  const outcome = "refused, the former version runs; upgraded when there is room";
  cell({ ...full, settings: `method: ${method}, version: ${NEWEST}`, outcome }, async (host) => {
    await install(host, USER, { method: "tarball", version: OLD });
    const settings = {
      method,
      version: NEWEST,
      ...(method === "push" ? { path: tarballFile(host.lab, NEWEST) } : {}),
    };
    await fillDisk(host.lab, host.name, WORK);
    const refused = await installRefused(host, USER, settings);
    expect(refused.value.message).toMatch(/disk is full.*Make room/);
    expect(await host.version()).toBe(OLD);
    expect(await host.awaitDaemon(5)).toBe("NeedsLogin");
    await unmount(host.lab, host.name, WORK);
    const pass = await install(host, USER, settings);
    expect(await host.version()).toBe(NEWEST);
    await mustRest(host, USER, settings);
    return pass;
  });
}

/** Where package managers work, each of which may be a disk of its own. */
const FULL = [
  ["debian", "/tmp"],
  ["debian", "/var/lib/apt/lists"],
  ["debian", "/var/cache/apt/archives"],
  ["fedora", "/var/cache/dnf"],
  ["opensuse", "/var/cache/zypp"],
  ["arch", "/var/lib/pacman/sync"],
  ["arch", "/var/cache/pacman/pkg"],
] as const;
for (const [image, folder] of FULL) {
  const full = { ...row, target: target(image), before: `fresh, ${folder} is full` };
  cell({ ...full, outcome: "refused: no space left; installed when there is room" }, async (host) => {
    await fillDisk(host.lab, host.name, folder);
    const refused = await installRefused(host, USER);
    expect(refused.value.message).toMatch(/disk is full.*Make room/);
    await unmount(host.lab, host.name, folder);
    const pass = await install(host, USER);
    expect(await host.version()).toBe(NEWEST);
    await mustRest(host, USER);
    return pass;
  });
}

const proxied = { ...row, target: debian, before: "no way out but the proxy of /etc/environment" };
cell({ ...proxied, settings: "method: tarball", outcome: "fetched through the proxy" }, async (host) => {
  const asked: string[] = [];
  const [gateway, mirror] = neighbours(host);
  const proxy = createServer().on("connect", (request, client) => {
    asked.push(request.url ?? "");
    const server = dial(443, mirror, () => client.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, gateway, resolve));
  try {
    const { port } = proxy.address() as AddressInfo;
    await host.must(
      `echo 'https_proxy="http://${gateway}:${port}"' >>/etc/environment
       iptables -A OUTPUT -p tcp -d ${gateway} --dport ${port} -j ACCEPT`,
    );
    await host.cutOff();
    const pass = await install(host, USER, { method: "tarball" });
    expect(await host.version()).toBe(NEWEST);
    expect([...new Set(asked)]).toEqual(["pkgs.tailscale.com:443"]);
    return pass;
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
});

const cut = { ...row, target: debian, before: "fresh; the connection is cut in the middle of the upload" };
cell(
  { ...cut, settings: "method: push", user: "ops", outcome: "nothing is installed; the next run does it" },
  async (host) => {
    const settings = { method: "push", path: tarballFile(host.lab, NEWEST) };
    const cutting = host.must(
      `until [ -s ${WORK}/tailscale_${NEWEST}_amd64.tgz ]; do sleep 0.01; done; pkill -KILL -f '^sshd: ops'`,
    );
    const { value: error } = await installRefused(host, "ops", settings);
    await cutting;
    expect(error.kind).toBe("host-unreachable");
    expect((await host.try("command -v tailscale || ls /opt/tailscale/[0-9]*")).stdout).toBe("");
    const pass = await install(host, "ops", settings);
    expect(await host.version()).toBe(NEWEST);
    await mustRest(host, "ops", settings);
    return pass;
  },
);
