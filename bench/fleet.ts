/** A fleet of converged hosts: a few booted ones that are in the mesh, and as many ways to each as the fleet has hosts. */
import { Lab } from "../lab";
import { create } from "../mesh/handlers";
import { logToStderr as log } from "../lab/system/log";

/** What the engine would hand to the handlers for one of them. */
export type State = Record<string, unknown>;

export interface Fleet {
  readonly lab: Lab;
  readonly targets: readonly string[];
  /** The states of the booted hosts. */
  readonly joined: readonly State[];
  /** The state of hosts behind these ports of this machine. */
  statesAt(ports: readonly number[]): State[];
}

const AUTH_KEY = "MESH_BENCH_AUTHKEY";

/** sshd drops connections beyond its MaxStartups, and all ways to a booted host lead to one sshd: for both sides alike. */
const ROOM = "echo 'MaxStartups 4000:30:8000' > /etc/ssh/sshd_config.d/bench.conf && systemctl reload ssh";

export async function openLab(name: string, hosts: number): Promise<Lab> {
  const lab = await Lab.up({ name, hosts, keep: true, log });
  for (const host of lab.hosts) await lab.exec(host.name, ["sh", "-c", ROOM]);
  return lab;
}

export function networkOf(lab: Lab, repositoryKey: string): State {
  return {
    login_server: lab.loginServer,
    tailnet_domain: lab.baseDomain,
    auth_key_env: AUTH_KEY,
    install: { repository_key: repositoryKey },
  };
}

/** Joins every host of the lab by the handlers, as `pulumi up` does. */
export async function joinFleet(lab: Lab): Promise<Fleet> {
  process.env[AUTH_KEY] = await lab.authKey({ tags: ["app"], reusable: true });
  const inputs = inputsOf(lab, networkOf(lab, await lab.repositoryKey()));
  const joined = await Promise.all(inputs.map(async (each) => (await create(each)).outs));
  return {
    lab,
    targets: lab.hosts.map(({ address }) => `${address}:22`),
    joined,
    statesAt: (ports) => statesAt(joined, ports),
  };
}

/** What the engine would hand to the handlers for each booted host. */
export function inputsOf(lab: Lab, config: State): State[] {
  return lab.hosts.map(({ name, address }) => ({
    ...{ name: `bench-${name}`, provider: "headscale", config, tags: ["tag:app"], hostKeyPolicy: "pin" },
    connection: { host: address, user: "root", privateKeyPath: lab.identityFile },
  }));
}

/** The states of hosts behind these ports of this machine, which all lead to those that have joined. */
export function statesAt(joined: readonly State[], ports: readonly number[]): State[] {
  return ports.map((port, at) => stateAt(joined[at % joined.length]!, port));
}

function stateAt(state: State, port: number): State {
  return { ...state, connection: { ...(state["connection"] as State), host: "127.0.0.1", port } };
}
