/** A router has UDP GRO forwarding on again after a boot, whatever boots it, and nothing of ours once it is declared no more. */
import { describe, expect, it } from "@jest/globals";
import { eventually } from "../support/eventually";
import { installAndJoin, uninstall } from "./support/client";
import { TestHost } from "./support/host";
import { target } from "./support/targets";

const FLAGS = { "advertise-routes": ["10.99.7.0/24"] };
const TARGETS = (["debian", "sysvinit", "openrc", "runit"] as const).map((image) => target(image));

const forwarding = (host: TestHost) => host.must("ethtool -k eth0 | sed -n 's/^rx-udp-gro-forwarding: //p'");
const join = (host: TestHost, udpGro = true) => installAndJoin(host, "admin", {}, { flags: FLAGS, udpGro });
const files = (host: TestHost) => host.must("find /etc /var/lib -name '*udp-gro*'");

describe.each(TARGETS)("$title", (image) => {
  it("switches it on after a boot, by itself, and no more once it is declared no more", async () => {
    const host = await TestHost.of(image);
    await host.reset();
    expect((await join(host)).execs).toContain("udp-gro");
    expect(await forwarding(host)).toBe("on");
    expect((await join(host)).execs).toEqual(["probe"]);

    await host.reboot();
    await eventually(async () => expect(await forwarding(host)).toBe("on"), { timeout: 30_000 });
    expect(await host.awaitDaemon(60)).toBe("Running");
    expect((await join(host)).execs).toEqual(["probe"]);

    expect((await join(host, false)).execs).toEqual(["probe", "udp-gro"]);
    expect(await forwarding(host)).toBe("off");
    expect(await files(host)).toBe("");
    await host.reboot();
    expect(await host.awaitDaemon(60)).toBe("Running");
    expect(await forwarding(host)).toBe("off");
  });
});

it("without an init system it is on until the next boot, with a word, and the next run switches it on", async () => {
  const host = await TestHost.of(target("bare"));
  await host.reset();
  const { value } = await join(host);
  expect(value?.warnings).toContainEqual(
    expect.stringMatching(/^UDP GRO forwarding is on until the next boot/),
  );
  expect((await join(host)).execs).toEqual(["probe"]);
  await host.reboot();
  await eventually(async () => expect(await forwarding(host)).toBe("off"), { timeout: 10_000 });
  await join(host);
  expect(await forwarding(host)).toBe("on");
});

it("is gone with the client", async () => {
  const host = await TestHost.of(target("debian"));
  await host.reset();
  await join(host);
  await uninstall(host, "admin");
  expect(await forwarding(host)).toBe("off");
  expect(await files(host)).toBe("");
});
