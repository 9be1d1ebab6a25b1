/** A host whose reach is mesh-first, by each of the two ways to it, and by neither. */
import { describe, expect, it } from "@jest/globals";
import { connectionTo, inNetworkOf, onHost } from "./support/lab";
import { ways, withClosedPort } from "./support/mesh-first";
import { roundTrips } from "./support/stack";

const closed = withClosedPort();
const { declare, firewall } = closed;

it("the system's own ssh goes that way, too, with what it knows by the host's name", async () => {
  const { lab, stack, address } = closed;
  const { user: _user, ...connection } = {
    ...connectionTo(lab, "host-1"),
    client: "openssh",
    perDialTimeout: 3,
  };
  declare({ connection });
  const changed = await stack.mustUp();
  expect(ways(changed)).toEqual([address]);
  expect(ways(await stack.refresh())).toEqual([address]);
});

describe("a host that does not answer", () => {
  it("in the mesh is reached by its connection, and a change is made as usual then", async () => {
    const { lab, stack } = closed;
    await firewall("-D");
    stack.runner = inNetworkOf(lab, "host-3");
    declare({ flags: { "shields-up": true } });
    const run = await stack.mustUp();
    expect(ways(run)).toEqual([undefined]);
    expect(roundTrips(run, "web-1").execs).toEqual(["probe", "change"]);
    declare({ flags: { "shields-up": false } });
    await stack.mustUp();
    await firewall("-I");
  });

  it("in either way is told with both, and with where this machine is", async () => {
    const { lab, stack, address } = closed;
    await onHost(lab, "host-1", "systemctl", "stop", "ssh");
    const { address: public1 } = lab.host("host-1");
    try {
      const inside = await stack.refresh();
      const own = await onHost(lab, "host-2", "tailscale", "ip", "-4");
      expect(inside.output).toContain(
        `web-1: host unreachable: reached neither way: ${address} in the mesh (connection refused); ${public1}, its connection (no answer within 3 s); this machine is in a tailnet, as ${own}. See whether`,
      );
      expect(inside.output).toContain("Its state is kept as it was.");

      stack.runner = inNetworkOf(lab, "host-3");
      const outside = await stack.refresh();
      expect(outside.output).toContain(
        `${address} in the mesh (no route to its network); ${public1}, its connection (no answer within 3 s); this machine has no address in a tailnet. Run this on a machine in the tailnet`,
      );
    } finally {
      await onHost(lab, "host-1", "systemctl", "start", "ssh");
    }
  });
});

it("another node that has the address by now is not acted on, and the connection is not dialled", async () => {
  const { lab, stack, address } = closed;
  const other = await onHost(lab, "host-2", "tailscale", "ip", "-4");
  await firewall("-D");
  await stack.rewriteState(({ outputs }) => {
    if (outputs?.["nodeId"] !== undefined) outputs["addresses"] = [other];
  });
  const { code, output, trace } = await stack.refresh();
  expect(code).not.toBe(0);
  expect(output).toContain(`web-1: host key mismatch: at ${other}, its address in the mesh: the key pinned`);
  expect(trace).toEqual([]);

  // As the error says.
  declare({ reach: "connection" });
  expect((await stack.mustUp()).trace).toEqual([]);
  expect((await stack.refresh()).code).toBe(0);
  declare();
  await stack.mustUp();
  expect(ways(await stack.refresh())).toEqual([address]);
  await firewall("-I");
});
