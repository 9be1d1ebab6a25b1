/** A host that routes forwards again after a boot, whatever boots it. */
import { describe, expect, it } from "@jest/globals";
import { eventually } from "../support/eventually";
import { installAndJoin } from "./support/client";
import { TestHost } from "./support/host";
import { target } from "./support/targets";

const USER = "root";
const FLAGS = { "advertise-routes": ["10.99.7.0/24"] };
const TARGETS = (["debian", "sysvinit", "openrc", "runit"] as const).map((image) => target(image));

const forwards = (host: TestHost) =>
  host.must("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding");
const join = (host: TestHost) => installAndJoin(host, USER, {}, { flags: FLAGS });

async function freshRouter(image: (typeof TARGETS)[number]): Promise<TestHost> {
  const host = await TestHost.of(image);
  await host.reset();
  await host.rebootAsRouter();
  expect(await forwards(host)).toBe("0\n0");
  return host;
}

describe.each(TARGETS)("$title", (image) => {
  it("forwards after a boot, by itself", async () => {
    const host = await freshRouter(image);
    const pass = await join(host);
    expect(pass.execs).toContain("forwarding");
    // Only that nobody can approve here: there is no API.
    expect(pass.warnings).toEqual([expect.stringMatching(/nobody has approved its routes/)]);
    expect(await forwards(host)).toBe("1\n1");
    await host.rebootAsRouter();
    await eventually(async () => expect(await forwards(host)).toBe("1\n1"), { timeout: 10_000 });
    expect((await join(host)).execs).not.toContain("forwarding");
  });
});

it("without an init system, the next run switches it on", async () => {
  const host = await freshRouter(target("bare"));
  await join(host);
  expect(await forwards(host)).toBe("1\n1");
  await host.rebootAsRouter();
  expect(await forwards(host)).toBe("0\n0");
  expect((await join(host)).execs).toContain("forwarding");
  expect(await forwards(host)).toBe("1\n1");
});
