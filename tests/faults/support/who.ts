/** What the scenarios of "Who is who" share: stacks of several hosts, machines made from a copy, a control server put back. */
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { expect } from "@jest/globals";
import type { Lab } from "../../../lab";
import { USER } from "../../../lab/control/config";
import { connectionTo, freshHosts, listNodes, onHost } from "../../integration/support/lab";
import { headscaleNetwork } from "../../integration/support/network";
import { Stack, type Run } from "../../integration/support/stack";

export const GROUP = "Who is who";

/** A stack with an API key; hosts are declared by `declare`. */
export async function whoStack(
  lab: Lab,
  block: object = {},
  program: { readonly program?: string; readonly project?: string } = {},
): Promise<Stack> {
  const env = {
    MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
    MESH_API: await lab.apiKey(),
  };
  const stack = await Stack.create(lab, { env, ...program });
  const network = headscaleNetwork(lab, { default_tags: ["tag:app"], api_key_env: "MESH_API", ...block });
  return stack.configure({ network });
}

/** Which lab host is declared under which node name. */
export function declare(
  lab: Lab,
  stack: Stack,
  hosts: Readonly<Record<string, string>>,
  more: object = {},
): Stack {
  const entries = Object.entries(hosts).map(([node, host]) => [
    node,
    { connection: { ...connectionTo(lab, host), dialErrorLimit: 2 }, ...more },
  ]);
  return stack.configure({ hosts: Object.fromEntries(entries) });
}

/** Fresh machines, and a stack that has joined them. */
export async function joined(
  lab: Lab,
  hosts: Readonly<Record<string, string>>,
  block: object = {},
): Promise<Stack> {
  await freshHosts(lab, ...new Set(Object.values(hosts)));
  const stack = await whoStack(lab, block);
  declare(lab, stack, hosts);
  await stack.mustUp();
  return stack;
}

/** `web-1 100.64.0.1` of what the control server lists, and whether each host's client is that node and running. */
export async function mustBeNodes(lab: Lab, hosts: Readonly<Record<string, string>>): Promise<void> {
  const listed = (await listNodes(lab)).map(({ name }) => name);
  expect(listed).toEqual(Object.keys(hosts).sort());
  for (const [node, host] of Object.entries(hosts)) expect(await isNode(lab, host)).toBe(`Running ${node}`);
}

/** `Running web-1`, as the host's own client says. */
export async function isNode(lab: Lab, host: string): Promise<string> {
  const read = "tailscale status --json --peers=false";
  const status = JSON.parse((await onHost(lab, host, "sh", "-c", read)) || "{}") as {
    BackendState?: string;
    Self?: { DNSName?: string };
  };
  return `${status.BackendState ?? "none"} ${(status.Self?.DNSName ?? "").split(".")[0]!}`.trim();
}

/** Nothing to do, and no host is asked. */
export async function mustRest(stack: Stack): Promise<void> {
  const { code, output, trace } = await stack.up();
  expect({ trace, output: code === 0 ? "" : output }).toEqual({ trace: [], output: "" });
}

export function mustFail({ code, output }: Run, words: RegExp): void {
  expect(code).not.toBe(0);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(words);
}

/** Makes a host's client a copy of another one's, as a cloned disk does. */
export async function copyClient(lab: Lab, from: string, to: string): Promise<void> {
  const file = "/var/lib/tailscale/tailscaled.state";
  const state = (await lab.exec(from, ["cat", file])).stdout;
  const install = `systemctl stop tailscaled; cat >${file}; systemctl start tailscaled; sleep 3`;
  expect((await lab.exec(to, ["sh", "-c", install], { stdin: state })).code).toBe(0);
}

/** A machine with the client, which is in no network. */
export async function installClient(lab: Lab, host: string): Promise<void> {
  await using stack = await whoStack(lab);
  declare(lab, stack, { "image-1": host });
  await stack.mustUp();
  expect((await stack.destroy()).code).toBe(0);
}

const database = (lab: Lab) => `${lab.paths.headscale}/db.sqlite`;
const PARTS = ["", "-wal", "-shm"];

/** Stops the control server, and returns what puts the database of this moment back. */
export async function saveDatabase(lab: Lab): Promise<() => Promise<void>> {
  await lab.control.stop();
  for (const part of PARTS) copy(`${database(lab)}${part}`, `${database(lab)}${part}.saved`);
  await lab.control.start();
  return async () => {
    await lab.control.stop();
    for (const part of PARTS) {
      rmSync(`${database(lab)}${part}`, { force: true });
      copy(`${database(lab)}${part}.saved`, `${database(lab)}${part}`);
    }
    await lab.control.start();
  };
}

function copy(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

/** Empties the control server's database, as a server that was set up anew has it; keys of before are gone with it. */
export async function emptyDatabase(lab: Lab): Promise<void> {
  await lab.control.stop();
  for (const part of PARTS) rmSync(`${database(lab)}${part}`, { force: true });
  await lab.control.start();
  await lab.headscale(["users", "create", USER]);
  await lab.headscale(["policy", "set", "--file", lab.paths.policy]);
}

/** What answers in the control server's place, to everything that is asked. */
export const STAND_INS: Readonly<Record<string, RequestListener>> = {
  "404 in plain text": (_request, response) =>
    void response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found"),
  "404 as a web page": (_request, response) =>
    void response.writeHead(404, { "content-type": "text/html" }).end("<h1>node not found</h1>"),
  "502": (_request, response) => void response.writeHead(502).end("<html><h1>502 Bad Gateway</h1></html>"),
  "no answer at all": () => undefined,
};

/** A proxy that has lost the control server. */
export async function lostProxy(lab: Lab, answer: RequestListener): Promise<AsyncDisposable> {
  await lab.control.stop();
  const { serverCertificate, serverKey } = lab.paths;
  const tls = { cert: readFileSync(serverCertificate), key: readFileSync(serverKey) };
  const server: Server = createServer(tls, answer);
  server.listen(443, new URL(lab.loginServer).hostname);
  await once(server, "listening");
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await lab.control.start();
    },
  };
}
