/** Hosts and looks as the commands hold them, and a terminal that remembers what was printed. */
import { MeshError } from "../../../errors";
import type { NodeState } from "../../../providers";
import { stateSchema } from "../../../mesh/state";
import type { DeclaredHost } from "../../../cli/hosts";
import type { Look } from "../../../mesh/look/look";
import { openTerminal, type Terminal } from "../../../cli/show/terminal";

export const CONFIG = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };

/** A host of the stack's state. */
export function declared(name: string, more: Partial<DeclaredHost> = {}): DeclaredHost {
  const connection = { host: "203.0.113.8", user: "admin" };
  const state = stateSchema.parse({ name, provider: "headscale", config: CONFIG, connection });
  return { ...state, declaration: `d-${name}`, nodeId: "7", recorded: true, ...more };
}

export function node(name: string, more: Partial<NodeState> = {}): NodeState {
  return {
    ...{
      hostname: name,
      fqdn: `${name}.demo.mesh`,
      addresses: ["100.64.0.1", "fd7a:115c:a1e0::1"],
      nodeId: "7",
    },
    ...{
      clientVersion: "1.102.0",
      installedBy: "apt repository",
      tags: [],
      loginServer: CONFIG.login_server,
    },
    ...more,
  };
}

/** A look at a host that is well, unless told otherwise. */
export function look(name: string, more: Partial<Look> = {}): Look {
  const host = more.host ?? declared(name);
  return {
    ...{ host, expected: `${name}.demo.mesh`, reached: true, hostKey: "ssh-ed25519 AAAA", joined: true },
    ...{ node: node(name), drift: [], warnings: [] },
    survey: {
      findings: [],
      links: [],
      routes: { advertised: [] },
      holder: { id: host.declaration ?? "", label: `urn:pulumi:prod::shop::Host::${name}` },
    },
    ...more,
  };
}

export const unreachable = new MeshError({
  kind: "host-unreachable",
  host: "web-2",
  message: "no answer within 15 s",
  remedy: "See whether the host is up.",
});

/** A look at a host out of reach. */
export const outOfReach = (name: string): Look =>
  look(name, { reached: false, joined: undefined, node: undefined, survey: undefined, error: unreachable });

export interface Screen extends Terminal {
  readonly out: string[];
  readonly err: string[];
}

/** Nobody looks, unless told otherwise. */
export function screen({ isTTY = false, columns = 80, rows = 24 } = {}, env = {}): Screen {
  const out: string[] = [];
  const err: string[] = [];
  const stream = (into: string[]) => ({ isTTY, columns, rows, write: (text: string) => into.push(text) });
  return { ...openTerminal(stream(out), stream(err), env), out, err };
}

export const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));
