/** A host that has joined, and whose port 22 is closed then: Pulumi runs in the network of host-2, which is in the mesh. */
import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import type { Lab } from "../../../lab";
import { connectionTo, freshHosts, inNetworkOf, mustLab, onHost } from "./lab";
import { headscaleNetwork } from "./network";
import { Stack, type Run } from "./stack";

export interface ClosedPort {
  readonly lab: Lab;
  /** Declares host-1 as web-1. */
  readonly stack: Stack;
  /** The address of host-1 in the mesh. */
  readonly address: string;
  /** The run that joined host-1, or put right what the last test left. */
  readonly joined: Run;
  /** Declares web-1 anew, with these settings beside those that all tests have. */
  readonly declare: (settings?: object) => void;
  /** Drops what comes to port 22 beside the mesh (`-I`), or no more (`-D`). */
  readonly firewall: (how: "-I" | "-D") => Promise<string>;
}

/** Registers the hooks of a test file; what it returns is there in its tests. */
export function withClosedPort(): ClosedPort {
  const now = {} as { -readonly [Key in keyof ClosedPort]: ClosedPort[Key] };
  /** Keeps host-2 joined. */
  let operator: Stack;

  beforeAll(async () => {
    const lab = (now.lab = await mustLab());
    await freshHosts(lab, "host-1", "host-2", "host-3");
    const env = {
      MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
      MESH_API: await lab.apiKey(),
    };
    const network = headscaleNetwork(lab, { api_key_env: "MESH_API" });
    now.stack = (await Stack.create(lab, { env })).configure({ network });
    operator = (await Stack.create(lab, { env })).configure({ network });
    operator.configure({ hosts: { op: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] } } });
    await operator.mustUp();
  });
  afterAll(async () => {
    for (const each of [now.stack, operator]) {
      await each.destroy();
      await each[Symbol.asyncDispose]();
    }
  });

  now.declare = (settings = {}) => {
    const connection = { ...connectionTo(now.lab, "host-1"), dialErrorLimit: 0, perDialTimeout: 3 };
    now.stack.configure({
      hosts: { "web-1": { connection, tags: ["tag:app"], reach: "mesh-first", ...settings } },
    });
  };
  now.firewall = (how) =>
    onHost(now.lab, "host-1", "iptables", how, ..."INPUT -i eth0 -p tcp --dport 22 -j DROP".split(" "));

  beforeEach(async () => {
    now.stack.runner = inNetworkOf(now.lab, "host-2");
    now.declare();
    now.joined = await now.stack.mustUp();
    now.address = await onHost(now.lab, "host-1", "tailscale", "ip", "-4");
    await now.firewall("-I");
  });
  afterEach(() => now.firewall("-D"));
  return now;
}

/** The addresses in the mesh by which connections came about; undefined for one that went by the connection. */
export const ways = ({ trace }: Run) => trace.filter(({ event }) => event === "connect").map(({ at }) => at);
