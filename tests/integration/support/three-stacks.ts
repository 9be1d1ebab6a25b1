/** The three stacks of examples/, over three hosts of the lab: servers, the network that joins them, an app that uses it. */
import { join } from "node:path";
import type { Lab } from "../../../lab";
import { runMocked, type Registered } from "../../support/mocked-program";
import { findCommandPlugin } from "./command-plugin";
import { connectionTo } from "./lab";
import { headscaleNetwork } from "./network";
import type { Installation } from "./package";
import { Stack } from "./stack";

/** The nodes: which host is which, and who logs in there. */
const NODES = {
  "db-1": { host: "host-3", user: "root" },
  "web-1": { host: "host-1", user: "root" },
  "web-2": { host: "host-2", user: "admin" },
} as const;
type NodeName = keyof typeof NODES;
export const NODE_NAMES = Object.keys(NODES) as NodeName[];

/** A value for each node, by its name. */
export const byName = <T>(value: (name: NodeName) => T) =>
  Object.fromEntries(NODE_NAMES.map((name) => [name, value(name)]));

export class ThreeStacks implements AsyncDisposable {
  private constructor(
    private readonly lab: Lab,
    private readonly installed: Installation,
    readonly servers: Stack,
    readonly network: Stack,
    readonly app: Stack,
  ) {}

  static async create(lab: Lab, installed: Installation): Promise<ThreeStacks> {
    const open = (example: string) => {
      const program = installed.program(`examples/${example}`);
      return Stack.create(lab, { program, project: `example-${example}` });
    };
    const [servers, network, app] = [await open("servers"), await open("network"), await open("app")];
    const stacks = new ThreeStacks(lab, installed, servers, network, app);
    servers.configure({
      servers: byName((name) => ({ address: stacks.addressOf(name), user: NODES[name].user })),
    });
    network.configure({
      servers: servers.reference,
      hosts: NODE_NAMES,
      privateKeyPath: lab.identityFile,
      network: headscaleNetwork(lab, { api_key_env: "MESH_API" }),
    });
    network.env["MESH_API"] = await lab.apiKey();
    app.configure(stacks.appConfig);
    const plugin = findCommandPlugin();
    if (plugin !== undefined) app.env["PATH"] = `${lab.env["PATH"]}:${plugin}`;
    return stacks;
  }

  /** Joins the servers, with a key for this once. */
  async join(): Promise<void> {
    this.network.env["MESH_AUTHKEY"] = await this.lab.authKey({ tags: ["app"], reusable: true });
    await this.network.mustUp();
    delete this.network.env["MESH_AUTHKEY"];
  }

  /** What the app would register, with the real outputs of the network's stack. */
  async mockApp(): Promise<readonly Registered[]> {
    const { reference } = this.network;
    const { registered } = await runMocked({
      file: join(this.installed.program("examples/app"), "index.ts"),
      project: "example-app",
      config: this.appConfig,
      references: {
        [reference]: { values: await this.network.outputs(), secrets: ["connections", "meshConnections"] },
      },
      outputs: () => ({ stdout: "" }),
    });
    return registered;
  }

  /** What a web host hears from the db host: its name in the mesh, and the key that it showed in the join. */
  async answer(): Promise<string> {
    const { connections } = (await this.network.outputs()) as {
      connections: Record<NodeName, { hostKey: string }>;
    };
    return `${this.fqdnOf("db-1")} ${connections["db-1"].hostKey}`;
  }

  addressOf(name: NodeName): string {
    return connectionTo(this.lab, NODES[name].host).host;
  }

  userOf(name: NodeName): string {
    return NODES[name].user;
  }

  fqdnOf(name: NodeName): string {
    return `${name}.${this.lab.baseDomain}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stack of [this.app, this.network, this.servers]) await stack[Symbol.asyncDispose]();
  }

  private get appConfig() {
    return { network: this.network.reference, web: ["web-1", "web-2"], db: ["db-1"] };
  }
}
