/** What one run knows of the program's hosts: who leads where, and what was there. */
import { describe, expect, it } from "@jest/globals";
import { addressOf, declare, recall, siblingsOf } from "../../../mesh/roster";

let run = 0;
/** Addresses and URNs of a program of its own: the roster lives as long as the process. */
function program() {
  const id = ++run;
  const connection = (host: string) => ({ host: `${host}.run${id}.example` });
  return {
    connection,
    urn: (name: string) => `urn:${id}::${name}`,
    declare: (name: string, host: string, drives = "tailscaled") =>
      declare({ urn: `urn:${id}::${name}`, name, drives, connection: connection(host) }),
    recall: (host: string, nodeId: string) =>
      recall(connection(host), { nodeId, loginServer: "https://x.example" }),
    others: (name: string, drives = "tailscaled", declaration = "d-1") =>
      (siblingsOf(`urn:${id}::${name}`, drives, declaration)?.others() ?? []).filter(({ label }) =>
        label.startsWith(`urn:${id}:`),
      ),
  };
}

describe("an address", () => {
  it("is told apart by port and jump host, and not by case", () => {
    expect(addressOf({ host: "Web-1", port: 22 })).toBe(addressOf({ host: "web-1" }));
    expect(addressOf({ host: "web-1", port: 2222 })).not.toBe(addressOf({ host: "web-1" }));
    expect(addressOf({ host: "10.0.0.1", proxy: { host: "a" } })).not.toBe(
      addressOf({ host: "10.0.0.1", proxy: { host: "b" } }),
    );
  });

  it("that two hosts share is told when the second one is declared, by the first one's URN", () => {
    const mesh = program();
    expect(mesh.declare("web-1", "a")).toBeUndefined();
    expect(mesh.declare("web-2", "a")).toBe(mesh.urn("web-1"));
    expect(mesh.others("web-2")).toMatchObject([{ label: mesh.urn("web-1"), leadsHere: true }]);
  });

  it("may be that of two hosts whose network providers drive different things there", () => {
    const mesh = program();
    mesh.declare("web-1", "a");
    expect(mesh.declare("lan-1", "a", "lan")).toBeUndefined();
    expect(mesh.others("lan-1", "lan")).toEqual([]);
  });

  it("is declared by the same host again, in preview and in the run", () => {
    const mesh = program();
    mesh.declare("web-1", "a");
    expect(mesh.declare("web-1", "a")).toBeUndefined();
  });
});

describe("what was behind an address after the last run", () => {
  it("is held by the declaration that leads there now", () => {
    const mesh = program();
    mesh.declare("web-1", "a");
    mesh.declare("web-2", "b");
    mesh.recall("a", "1");
    expect(mesh.others("web-2")).toMatchObject([{ label: mesh.urn("web-1"), nodeId: "1" }]);
  });

  it("changes hands with the address: two hosts that swap theirs hold each other's node", () => {
    const mesh = program();
    mesh.declare("web-1", "b");
    mesh.declare("web-2", "a");
    mesh.recall("a", "1");
    mesh.recall("b", "2");
    expect(mesh.others("web-1")).toMatchObject([{ label: mesh.urn("web-2"), nodeId: "1" }]);
  });

  it("is held by nobody when nobody leads there any more", () => {
    const mesh = program();
    mesh.declare("web-1", "b");
    mesh.declare("web-2", "c");
    mesh.recall("a", "1");
    expect(mesh.others("web-2")).toEqual([expect.not.objectContaining({ nodeId: "1" })]);
  });

  it("gives way to what this run has found there", () => {
    const mesh = program();
    mesh.declare("web-1", "a");
    mesh.recall("a", "1");
    siblingsOf(mesh.urn("web-1"), "tailscaled", "d-1")!.hold({ nodeId: "9", machine: undefined });
    mesh.declare("web-2", "b");
    expect(mesh.others("web-2")).toMatchObject([{ nodeId: "9" }]);
  });
});

describe("a declaration that is being removed", () => {
  it("sees the one that took its place, though it is not on the roster itself", () => {
    const mesh = program();
    mesh.declare("front-1", "a");
    siblingsOf(mesh.urn("front-1"), "tailscaled", "d-2")!.hold({ nodeId: "1" });
    expect(mesh.others("web-1")).toMatchObject([{ label: mesh.urn("front-1"), nodeId: "1" }]);
  });

  it("sees the new one of the same URN, told by its id, and not itself", () => {
    const mesh = program();
    mesh.declare("web-1", "a");
    siblingsOf(mesh.urn("web-1"), "tailscaled", "d-2")!.hold({ nodeId: "1" });
    expect(mesh.others("web-1", "tailscaled", "d-1")).toMatchObject([{ nodeId: "1" }]);
    expect(mesh.others("web-1", "tailscaled", "d-2")).toEqual([]);
  });
});

it("what is not known now does not hide what was known before", () => {
  const mesh = program();
  mesh.declare("web-1", "a");
  mesh.recall("a", "1");
  siblingsOf(mesh.urn("web-1"), "tailscaled", "d-1")!.hold({ nodeId: undefined });
  mesh.declare("web-2", "b");
  expect(mesh.others("web-2")).toMatchObject([{ nodeId: "1" }]);
});

it("a resource without a URN knows of no others", () => {
  expect(siblingsOf(undefined, "tailscaled", undefined)).toBeUndefined();
});
