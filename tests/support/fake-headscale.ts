/** Headscale's API (v1) with a memory, for unit tests: what is listed, read, changed and removed is the same nodes. */
import { ApiServer, type Answer } from "./api-server";

export interface FakeNode {
  readonly id: string;
  readonly givenName: string;
  /** The hostname that the node asked for; default its given name. */
  readonly name?: string;
  readonly ipAddresses?: readonly string[];
  readonly nodeKey?: string;
  readonly machineKey?: string;
  readonly online?: boolean;
  readonly expiry?: string | null;
  readonly tags?: readonly string[];
  readonly approvedRoutes?: readonly string[];
  /** Those that it offers. */
  readonly availableRoutes?: readonly string[];
  /** The subnet routes that it serves. */
  readonly subnetRoutes?: readonly string[];
}

const EXIT = ["0.0.0.0/0", "::/0"];
const NOT_FOUND: Answer = { status: 404, body: { code: 5, message: "node not found", details: [] } };

export class FakeHeadscale implements AsyncDisposable {
  readonly nodes: FakeNode[];

  private constructor(
    readonly server: ApiServer,
    nodes: readonly FakeNode[],
  ) {
    this.nodes = [...nodes];
  }

  static async start(...nodes: readonly FakeNode[]): Promise<FakeHeadscale> {
    const fake = new FakeHeadscale(await ApiServer.start(), nodes);
    fake.serve();
    return fake;
  }

  get url(): string {
    return this.server.url;
  }

  /** What was asked beside reading: `DELETE /api/v1/node/3`. */
  get acts(): string[] {
    return this.server.calls.filter((call) => !call.startsWith("GET "));
  }

  /** Adds a node, as a login does. */
  add(node: FakeNode): void {
    this.nodes.push(node);
    this.serveNode(node.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  private serve(): void {
    const { routes } = this.server;
    routes["GET /api/v1/node"] = () => ({ body: { nodes: this.nodes.map(listed) } });
    routes["GET /api/v1/policy"] = { body: { policy: "" } };
    routes["POST /api/v1/preauthkey"] = { body: { preAuthKey: { id: "5", key: "hskey-auth-minted" } } };
    routes["POST /api/v1/preauthkey/expire"] = {};
    routes["GET /version"] = { body: { version: "v0.29.1" } };
    for (const { id } of this.nodes) this.serveNode(id);
  }

  private serveNode(id: string): void {
    const { routes } = this.server;
    const at = () => this.nodes.findIndex((node) => node.id === id);
    const known = (then: (index: number) => void) => () => {
      const index = at();
      if (index < 0) return NOT_FOUND;
      then(index);
      return { body: { node: this.nodes[index] === undefined ? {} : listed(this.nodes[index]) } };
    };
    const path = `/api/v1/node/${id}`;
    routes[`GET ${path}`] = known(() => undefined);
    routes[`DELETE ${path}`] = () => {
      const index = at();
      if (index < 0) return NOT_FOUND;
      this.nodes.splice(index, 1);
      return { body: {} };
    };
    routes[`POST ${path}/tags`] = (body) =>
      known((index) => {
        this.nodes[index] = { ...this.nodes[index]!, ...(body as { tags: string[] }) };
      })();
    routes[`POST ${path}/approve_routes`] = (body) =>
      known((index) => {
        const { routes: asked } = body as { routes: string[] };
        // One of an exit node's routes stands for both.
        const both = asked.some((route) => EXIT.includes(route)) ? EXIT : [];
        this.nodes[index] = {
          ...this.nodes[index]!,
          approvedRoutes: [...new Set([...asked, ...both])].sort(),
        };
      })();
    routes[`POST ${path}/expire?disableExpiry=true`] = known((index) => {
      this.nodes[index] = { ...this.nodes[index]!, expiry: null };
    });
    routes[`POST ${path}/expire`] = (_body, query = new URLSearchParams()) =>
      known((index) => {
        this.nodes[index] = { ...this.nodes[index]!, expiry: query.get("expiry") };
      })();
    for (const name of ["web-1", "web-2", "front-1", "db-1"])
      routes[`POST ${path}/rename/${name}`] = () => {
        if (this.nodes.some((node) => node.givenName === name && node.id !== id))
          return { status: 500, body: { code: 2, message: "name is not unique" } };
        return known((index) => {
          this.nodes[index] = { ...this.nodes[index]!, givenName: name };
        })();
      };
  }
}

/** With what every node has on the wire. */
function listed(node: FakeNode): object {
  return {
    name: node.givenName,
    ipAddresses: ["100.64.0.1", "fd7a:115c:a1e0::1"],
    online: true,
    expiry: null,
    tags: [],
    ...node,
  };
}
