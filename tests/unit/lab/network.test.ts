/** Names and addresses that a lab derives, and the one line it writes into a file of the machine. */
import { describe, expect, it } from "@jest/globals";
import { buildNames } from "../../../lab/hosts/seed";
import { editHosts } from "../../../lab/network/hosts-file";
import { labNames } from "../../../lab/network/names";
import { candidateSubnets, macAddress } from "../../../lab/network/subnet";
import { DEFAULT_PLAN, planHosts } from "../../../lab/scenario/plan";

describe("a lab's line in /etc/hosts", () => {
  const { marker } = labNames("demo");
  const before = "127.0.0.1 localhost\n10.0.0.9 db # mine\n";

  it("comes, is replaced and goes without touching other lines", () => {
    const first = editHosts(before, marker, "10.213.1.1 headscale.demo.lab");
    expect(first).toBe(`${before}10.213.1.1 headscale.demo.lab # pulumi-mesh lab demo\n`);
    const second = editHosts(first, marker, "10.213.2.1 headscale.demo.lab");
    expect(second).toBe(`${before}10.213.2.1 headscale.demo.lab # pulumi-mesh lab demo\n`);
    expect(editHosts(second, marker)).toBe(before);
  });

  it("leaves the line of a lab whose name begins the same way", () => {
    const other = editHosts(before, labNames("demo-2").marker, "10.213.3.1 headscale.demo-2.lab");
    expect(editHosts(other, marker)).toBe(other);
  });
});

describe("a lab's network", () => {
  it("names interfaces within the kernel's 15 characters", () => {
    for (const name of labNames("a-name-as-long-as-it-may-be-30").cable)
      expect(name.length).toBeLessThanOrEqual(15);
  });

  it("tries every subnet once, each lab from a place of its own", () => {
    expect(new Set(candidateSubnets("a")).size).toBe(256);
    expect(candidateSubnets("a")[0]).not.toBe(candidateSubnets("b")[0]);
  });

  it("gives hosts their numbers, and a link address that stays when the host is created anew", () => {
    const plans = [DEFAULT_PLAN, { image: "fedora", tun: false } as const];
    expect(planHosts("10.213.7", plans)).toEqual([
      { name: "host-1", address: "10.213.7.11", image: "debian", tun: true },
      { name: "host-2", address: "10.213.7.12", image: "fedora", tun: false },
    ]);
    expect(macAddress("10.213.7.11")).toBe("02:00:0a:d5:07:0b");
  });

  it("leads Tailscale's names to the lab or nowhere", () => {
    expect(buildNames("demo", "10.213.7")).toMatchInlineSnapshot(`
      "10.213.7.1 headscale.demo.lab controlplane.tailscale.com
      10.213.7.2 pkgs.tailscale.com pkgs.archlinux.lab
      127.0.0.1 log.tailscale.com
      127.0.0.1 login.tailscale.com
      "
    `);
  });
});
