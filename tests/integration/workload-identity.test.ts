/** A host that logs in with the identity that its own platform gives it: the real client, and a token server that checks signatures. */
import { afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { AUDIENCE, CLIENT, EXCHANGE, KEYS, sign, stranger } from "../support/issuer";
import { Federation } from "./support/federation";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { tailscaleNetwork } from "./support/network";
import { Stack, type Run } from "./support/stack";

const TOKEN_FILE = "/run/secrets/oidc-token";

let lab: Lab;
let stack: Stack;
let federation: Federation;

beforeAll(async () => {
  lab = await mustLab();
});
beforeEach(async () => {
  await freshHosts(lab, "host-1");
  stack = await Stack.create(lab);
  stack.configure({ network: tailscaleNetwork(lab, { auth_key_env: undefined }) });
  federation = await Federation.start(lab, "host-1");
});
afterEach(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
  await federation[Symbol.asyncDispose]();
});

const declare = (settings: object) =>
  stack.configure({
    hosts: { "web-1": { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], ...settings } },
  });

async function putToken(token: string): Promise<void> {
  const script = `mkdir -p "\${1%/*}" && umask 077 && cat >"$1"`;
  await lab.exec("host-1", ["sh", "-c", script, "sh", TOKEN_FILE], { stdin: token });
}

/** The client asks for the tags of its key, which Headscale refuses from 0.28 on: there the login ends with that, and no node. */
async function hasJoined({ code, output }: Run): Promise<void> {
  if (lab.headscaleRelease === "0.27") {
    expect(code).toBe(0);
    expect(await listNodes(lab)).toMatchObject([{ name: "web-1", tags: ["tag:app"], online: true }]);
    return;
  }
  expect(output).toMatch(/web-1: tag refused: the control server refused the requested tags/);
  expect(await listNodes(lab)).toEqual([]);
}

const keyOf = () =>
  (JSON.parse(federation.seen.find(({ call }) => call === KEYS)!.body) as { capabilities: unknown })
    .capabilities;

it("gets a token of its platform, and a key with it that makes a node which stays and needs no approval", async () => {
  const run = await declare({ workloadIdentity: { clientId: CLIENT, audience: AUDIENCE } }).up();
  await hasJoined(run);
  expect(federation.asked.map(({ searchParams }) => searchParams.get("audience"))).toEqual([AUDIENCE]);
  expect(federation.seen.map(({ call }) => call)).toEqual([EXCHANGE, KEYS]);
  const create = { reusable: false, ephemeral: false, preauthorized: true, tags: ["tag:app"] };
  expect(keyOf()).toEqual({ devices: { create } });
});

it("takes a token of a file, and says otherwise what becomes of the node", async () => {
  const token = sign({});
  await putToken(token);
  const workloadIdentity = { clientId: CLIENT, idTokenFile: TOKEN_FILE, preauthorized: false };
  const run = await declare({ workloadIdentity, ephemeral: true }).up();
  await hasJoined(run);
  expect(run.output).not.toContain(token);
  const create = { reusable: false, ephemeral: true, preauthorized: false, tags: ["tag:app"] };
  expect(keyOf()).toEqual({ devices: { create } });
  if (run.code === 0) expect((await stack.mustUp()).trace).toEqual([]);
});

it("that is not its platform's is an error, and no key is made", async () => {
  await putToken(sign({}, stranger));
  const { code, output } = await declare({
    workloadIdentity: { clientId: CLIENT, idTokenFile: TOKEN_FILE },
  }).up();
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /web-1: key invalid: the host could not log in with its own identity .*the signature is not the issuer's.*compare issuer, subject/,
  );
  // The client tries both ways in which OAuth servers are told who asks.
  expect([...new Set(federation.seen.map(({ call }) => call))]).toEqual([EXCHANGE]);
  expect(await listNodes(lab)).toEqual([]);
});
