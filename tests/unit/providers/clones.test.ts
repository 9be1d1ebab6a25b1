/** Two declarations of one machine, and machines that share one node. */
import { describe, expect, it } from "@jest/globals";
import { areTwoMachines, isOneLife } from "../../../providers/tailnet/probe/machine";
import { FakeHeadscale } from "../../support/fake-headscale";
import { join, labels, MACHINE, markOf, OURS, siblings, THEIRS } from "./declared";
import { probeOutput } from "./probe-output";

const OTHER = { mac: "02:00:00:00:00:02" };
const SERVER = "https://headscale.demo.lab";

describe("what a machine shows", () => {
  it.each<[string, object, object, boolean]>([
    ["another network card", { mac: "a" }, { mac: "b" }, true],
    ["another machine id", { machineId: "a", mac: "m" }, { machineId: "b", mac: "m" }, true],
    ["another product", { dmi: "a" }, { dmi: "b" }, true],
    ["all the same", { machineId: "a", mac: "m", dmi: "d" }, { machineId: "a", mac: "m", dmi: "d" }, false],
    ["nothing to compare", { machineId: "a" }, { mac: "m" }, false],
  ])("tells two that are there at once apart by %s: %j, %j", (_what, a, b, two) => {
    expect(areTwoMachines(a, b)).toBe(two);
  });

  it("may change in the life of one machine, but not all of it", () => {
    expect(isOneLife({ machineId: "a", mac: "m" }, { machineId: "a", mac: "n" })).toBe(true);
    expect(isOneLife({ machineId: "a", mac: "m" }, { machineId: "b", mac: "n" })).toBe(false);
    expect(
      isOneLife({ machineId: "a", mac: "m", hostKey: "k" }, { machineId: "b", mac: "n", hostKey: "k" }),
    ).toBe(true);
  });

  it("has SSH host keys that a copy has, too, and that are made anew now and then: they tell no two apart", () => {
    expect(areTwoMachines({ mac: "m", hostKey: "k" }, { mac: "m", hostKey: "l" })).toBe(false);
    expect(areTwoMachines({ mac: "m", hostKey: "k" }, { mac: "n", hostKey: "k" })).toBe(true);
  });
});

describe("two declarations of one machine", () => {
  it("are an error that names both, before anything is done", async () => {
    const { session, error } = await join([probeOutput({ machine: MACHINE })], {
      takeOver: true,
      siblings: siblings({ label: "mesh-db-1", machine: MACHINE }),
    });
    expect(error).toMatchObject({
      kind: "declared-twice",
      message: expect.stringMatching(/^web-1: .* mesh-db-1\./),
    });
    expect(labels(session)).toEqual(["probe"]);
  });
});

it("two declarations with one address are an error also when the second one is heard of only after the preview", async () => {
  const { session, error } = await join([probeOutput({ machine: MACHINE })], {
    takeOver: true,
    siblings: siblings({ label: "mesh-db-1", leadsHere: true }),
  });
  expect(error).toMatchObject({ kind: "declared-twice" });
  expect(labels(session)).toEqual(["probe"]);
});

describe("a copy of a machine", () => {
  const copies: [string, object, object][] = [
    ["that is joined as the node of another host", {}, { nodeId: "7", loginServer: SERVER, machine: OTHER }],
    [
      "that was logged out, and has another host's key",
      { backendState: "NeedsLogin", machine: { ...MACHINE, client_key: "mkey:aa" } },
      { machine: { ...OTHER, clientKey: "mkey:aa" } },
    ],
  ];

  it.each(copies)("%s is an error that names both", async (_how, parts, other) => {
    const { session, error } = await join([probeOutput({ machine: MACHINE, ...parts })], {
      siblings: siblings({ label: "mesh-db-1", ...other }),
    });
    expect(error).toMatchObject({ kind: "cloned", message: expect.stringContaining("mesh-db-1") });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is known by the mark that was copied with it, also from another stack", async () => {
    const { error } = await join([probeOutput({ machine: MACHINE, mark: markOf(THEIRS, OTHER.mac) })], {
      takeOver: true,
    });
    expect(error).toMatchObject({ kind: "cloned", message: expect.stringContaining(THEIRS.label) });
  });

  it("is no copy when the product and the machine id are the same: its network card was changed", async () => {
    const now = { dmi: "p-1", machine_id: "m-1", mac: "02:00:00:00:00:01" };
    const mark = (dmi: string) => `${markOf(THEIRS, OTHER.mac)}\nmachine_id=m-1\ndmi=${dmi}`;
    const outcome = (dmi: string) =>
      join([probeOutput({ machine: now, mark: mark(dmi) }), probeOutput({ machine: now })], {
        takeOver: true,
      });
    expect((await outcome("p-1")).error).toBeUndefined();
    expect((await outcome("p-2")).error).toMatchObject({ kind: "cloned" });
  });

  it("keeps its state under onClone reset while there is no key to come back with", async () => {
    const { session, error } = await join([probeOutput({ machine: MACHINE })], {
      ...{ onClone: "reset" as const, authKey: "" },
      siblings: siblings({ label: "mesh-db-1", nodeId: "7", loginServer: SERVER, machine: OTHER }),
    });
    expect(error).toMatchObject({ kind: "key-missing" });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("of one's own is no copy: the same declaration made the image", async () => {
    const { error } = await join([
      probeOutput({ machine: MACHINE, mark: markOf(OURS, OTHER.mac) }),
      probeOutput({ machine: MACHINE, mark: markOf(OURS) }),
    ]);
    expect(error).toBeUndefined();
  });

  it("forgets the copied state under onClone reset, and logs in as a node of its own", async () => {
    const joined = probeOutput({ machine: MACHINE, nodeId: "8", run: { code: 0, output: "" } });
    const { session, warnings } = await join(
      [
        probeOutput({ machine: MACHINE }),
        probeOutput({ backendState: "NeedsLogin", machine: MACHINE, run: { code: 0, output: "" } }),
        joined,
        probeOutput({ machine: MACHINE, nodeId: "8", mark: markOf(OURS) }),
      ],
      {
        onClone: "reset",
        siblings: siblings({ label: "mesh-db-1", nodeId: "7", loginServer: SERVER, machine: OTHER }),
      },
    );
    expect(labels(session)).toEqual(["probe", "reset-state", "login", "mark"]);
    expect(warnings).toEqual([expect.stringMatching(/copy of mesh-db-1, and got a key of its own/)]);
  });

  it("that is reached through the mesh is left as it is under onClone reset: the way there is the node that would go", async () => {
    const { session, error } = await join(
      [probeOutput({ machine: MACHINE, peer: "203.0.113.5 50000 100.64.0.7 22" })],
      {
        onClone: "reset",
        siblings: siblings({ label: "mesh-db-1", nodeId: "7", loginServer: SERVER, machine: OTHER }),
      },
    );
    expect(error).toMatchObject({
      kind: "would-lock-out",
      message: expect.stringContaining("a copy of mesh-db-1"),
      remedy: expect.stringContaining("outside the mesh"),
    });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is no copy on another control server, where ids are given anew", async () => {
    const { error } = await join(
      [probeOutput({ machine: MACHINE }), probeOutput({ machine: MACHINE, mark: markOf(OURS) })],
      {
        siblings: siblings({
          label: "mesh-db-1",
          nodeId: "7",
          loginServer: "https://x.example",
          machine: OTHER,
        }),
      },
    );
    expect(error).toBeUndefined();
  });
});

it("what this one holds is told to the others before anything is done there", async () => {
  const held: unknown[] = [];
  await join([probeOutput({ machine: MACHINE, mark: markOf(THEIRS) })], {
    takeOver: true,
    siblings: { others: () => [], hold: (holding) => held.push(holding) },
  });
  expect(held).toMatchObject([{ machine: MACHINE, nodeId: "7", loginServer: SERVER }]); // the mark came to nothing
});

it("a logged-out machine whose key an offline node has may well be that one: it is no copy", async () => {
  await using api = await FakeHeadscale.start({
    ...{ id: "3", givenName: "golden", machineKey: "mkey:aa", online: false },
  });
  const machine = { ...MACHINE, client_key: "mkey:aa" };
  const { session } = await join([probeOutput({ backendState: "NeedsLogin", machine })], {}, api);
  expect(labels(session)).toEqual(["probe", "login"]);
});
