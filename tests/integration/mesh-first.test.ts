/** A host that was joined over a public address is reached in the mesh once that is closed. What else may come: mesh-first-ways. */
import { expect, it } from "@jest/globals";
import { listNodes, onHost } from "./support/lab";
import { ways, withClosedPort } from "./support/mesh-first";
import { roundTrips } from "./support/stack";
import { eventually } from "../support/eventually";

const closed = withClosedPort();
const { declare } = closed;
const prefs = async () =>
  JSON.parse(await onHost(closed.lab, "host-1", "tailscale", "debug", "prefs")) as object;

it("that is joined over a public address is refreshed, changed and destroyed with that closed", async () => {
  const { lab, stack, address, joined } = closed;
  expect(ways(joined)).toEqual([undefined]);
  const refreshed = await stack.refresh();
  expect(refreshed.output).not.toMatch(/warning|host unreachable/);
  expect(roundTrips(refreshed, "web-1")).toEqual({ connections: 1, execs: ["probe"] });
  expect(ways(refreshed)).toEqual([address]);

  // The guard sees that it came over the mesh: a change is proven by another connection.
  declare({ flags: { "accept-routes": true } });
  const changed = await stack.mustUp();
  expect(roundTrips(changed, "web-1")).toEqual({ connections: 2, execs: ["probe", "change", "confirm"] });
  expect(ways(changed)).toEqual([address, address]);
  expect(await prefs()).toMatchObject({ RouteAll: true });

  declare({ flags: { "accept-routes": true, "shields-up": true } });
  const { code, output } = await stack.up();
  expect(code).not.toBe(0);
  expect(output).toMatch(/web-1: would lock out: after tailscale set --shields-up=true the host could not/);
  expect(await prefs()).toMatchObject({ ShieldsUp: false });

  declare({ flags: { "accept-routes": true } });
  await stack.mustUp();
  const destroyed = await stack.destroy();
  expect(destroyed.code).toBe(0);
  expect(ways(destroyed)).toEqual([address]);
  expect(destroyed.output).toMatch(/web-1: it was told to log out over the mesh itself/);
  expect((await listNodes(lab)).map(({ name }) => name)).toEqual(["op"]);
  const state = () => onHost(lab, "host-1", "sh", "-c", "tailscale status --json | grep BackendState");
  await eventually(async () => expect(await state()).toContain("NeedsLogin"), { timeout: 20_000 });
});
