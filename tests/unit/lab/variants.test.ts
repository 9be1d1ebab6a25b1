/** The kinds of hosts: how each is booted, what is kept of it, and how a status shows it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { buildRunCommand } from "../../../lab/hosts/boot";
import { buildExecCommand } from "../../../lab/hosts/exec";
import { HOST_IMAGES, VARIANTS } from "../../../lab/hosts/variants";
import { buildBootstrapCommand, imageName } from "../../../lab/prepare/image";
import { DEFAULT_PLAN, extendPlan, type HostPlan } from "../../../lab/scenario/plan";
import { formatStatus } from "../../../lab/scenario/status";
import { projectRoot } from "../../../lab/system/files";

const recipes = join(projectRoot(), "lab", "image");

const command = (plan: Partial<HostPlan>) => {
  const place = { lab: "demo", name: "host-1", address: "10.213.7.11", bootImage: "IMAGE", seed: "/seed" };
  return buildRunCommand({ ...DEFAULT_PLAN, ...plan, ...place }).join(" ");
};

describe("booting a host", () => {
  it("gives systemd what it needs, and any other init an empty /run instead", () => {
    expect(command({ image: "fedora" })).toContain("--systemd=always");
    expect(command({ image: "fedora" })).not.toContain("--tmpfs");
    for (const image of ["sysvinit", "openrc", "runit", "bare"] as const)
      expect(command({ image })).toContain("--systemd=false --tmpfs /run");
  });

  it("ends with the image and its process 1", () => {
    expect(command({ image: "openrc" })).toMatch(/ IMAGE \/sbin\/init$/);
    expect(command({ image: "bare" })).toMatch(/ IMAGE \/usr\/bin\/tini -- \/usr\/local\/sbin\/lab-start$/);
  });

  it("lets a kernel of its own keep its memory in /run, which it has to execute", () => {
    expect(command({ image: "uml" })).toMatch(/--tmpfs \/run:exec .* IMAGE \/usr\/local\/sbin\/lab-machine$/);
  });

  it("leaves the TUN device out when told to", () => {
    expect(command({})).toContain("--device /dev/net/tun");
    expect(command({ tun: false })).not.toContain("/dev/net/tun");
  });
});

describe("a command on a host", () => {
  const place = { name: "host-1", address: "10.213.7.11" };
  const argv = ["echo", "it's  here"];

  it("goes into the container, as it is", () => {
    const entered = "podman exec --interactive pulumi-mesh-demo-host-1".split(" ");
    expect(buildExecCommand("demo", { ...place, image: "debian" }, argv)).toEqual([...entered, ...argv]);
  });

  it("goes through sshd into a kernel of its own, quoted for the shell there", () => {
    const command = buildExecCommand("demo", { ...place, image: "uml" }, argv);
    expect(command[0]).toBe("ssh");
    const words = ["'echo'", String.raw`'it'\''s  here'`];
    expect(command.slice(-4)).toEqual(["root@10.213.7.11", "--", ...words]);
  });
});

describe("the images' recipes", () => {
  it("have every layer that an image names, and no other", () => {
    const named = HOST_IMAGES.flatMap((image) => VARIANTS[image].layers);
    expect([...new Set<string>(named)].sort()).toEqual(readdirSync(recipes).sort());
  });

  it("have names of their own that depend on their files", async () => {
    const names = await Promise.all(HOST_IMAGES.map(imageName));
    expect(new Set(names).size).toBe(HOST_IMAGES.length);
    for (const name of names) expect(name).toMatch(/^localhost\/pulumi-mesh-host:[a-z]+-[0-9a-f]{12}$/);
  });

  it("are carried out layer by layer, all packages at once", async () => {
    const [first, second] = [join(recipes, "base"), join(recipes, "runit")];
    const line = await buildBootstrapCommand([first, second], "/host.tar");
    expect(line.find((each) => each.startsWith("--include="))).toMatch(/openssh-server,.*,runit-init/);
    expect(line.filter((each) => each.startsWith("--customize-hook="))).toEqual([
      `--customize-hook=sync-in ${first}/rootfs /`,
      `--customize-hook=${first}/customize.sh "$1"`,
      `--customize-hook=${second}/customize.sh "$1"`,
    ]);
    expect(existsSync(join(second, "rootfs"))).toBe(false);
  });
});

describe("a lab of several kinds of hosts", () => {
  const fedora = { image: "fedora", tun: false } as const;

  it("keeps what its hosts are when more are added or it is repaired", () => {
    expect(extendPlan([fedora], 2, DEFAULT_PLAN)).toEqual([fedora, DEFAULT_PLAN]);
    expect(extendPlan([DEFAULT_PLAN, fedora], 0, DEFAULT_PLAN)).toEqual([DEFAULT_PLAN, fedora]);
  });

  it("shows what is not as on every host", () => {
    const host = { name: "host-1", address: "10.213.7.11", up: true };
    const hosts = [
      { ...host, ...DEFAULT_PLAN },
      { ...host, ...fedora },
    ];
    const servers = {
      loginServer: "https://headscale.demo.lab",
      headscale: "0.28",
      controlServer: true,
      packageMirror: true,
    } as const;
    const rows = formatStatus({ name: "demo", ...servers, hosts })
      .split("\n")
      .slice(-2);
    expect(rows[0]).toMatch(/10\.213\.7\.11$/);
    expect(rows[1]).toMatch(/10\.213\.7\.11 {2}fedora {2}no TUN device$/);
  });
});
