/** What create and update keep of a node when they break off, and when a control server gets another name. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { changedProperties } from "../../../mesh/diff";
import { joinHost, PartialJoin } from "../../../mesh/join-host";
import { inputsSchema, stateSchema } from "../../../mesh/state";
import { register, type EnsureLeftOptions, type NodeState, type ProviderContext } from "../../../providers";

const NODE: NodeState = {
  ...{ fqdn: "web-1.new.mesh", addresses: ["100.64.0.1"], nodeId: "7", clientVersion: "1.102.0", tags: [] },
  ...{ loginServer: "https://new.example" },
};
const said: string[] = [];
const progress = {
  step: () => undefined,
  info: () => undefined,
  warn: (text: string) => void said.push(text),
  flush: () => Promise.resolve(),
};
const operation = { progress, env: {} };
const inputs = (config: object = {}, serve?: object[]) =>
  inputsSchema.parse({ name: "web-1", provider: "kept", config, serve, connection: "local" });

/** What the network provider does next, and what it was asked. */
let joins: (ctx: ProviderContext) => NodeState = () => NODE;
const left: EnsureLeftOptions[] = [];
register({
  id: "kept",
  ensureInstalled: () => Promise.resolve(),
  ensureJoined: (ctx) => Promise.resolve().then(() => joins(ctx)),
  nodeFQDN: (host) => `${host}.new.mesh`,
  ensureLeft: (_ctx, options) => {
    left.push(options);
    return Promise.resolve({ outcome: "removed" });
  },
});
afterEach(() => {
  left.length = 0;
  joins = () => NODE;
});

const failing = (node?: Partial<NodeState>) => (ctx: ProviderContext) => {
  ctx.record?.(node);
  throw new Error("cut");
};
const partial = async (olds?: Awaited<ReturnType<typeof joinHost>>, given = inputs()) => {
  const error: unknown = await joinHost(given, operation, olds).catch((reason: unknown) => reason);
  if (!(error instanceof PartialJoin)) throw new Error("it did not break off");
  return error.state;
};

describe("a create that breaks off", () => {
  it("after the login keeps what is known of the node, and looks again in the next run", async () => {
    joins = failing({ nodeId: "7", addresses: ["100.64.0.1"], loginServer: "https://new.example" });
    const state = await partial();
    expect(state).toMatchObject({ nodeId: "7", addresses: ["100.64.0.1"], declaration: expect.any(String) });
    expect(state.drift).toEqual([expect.stringContaining("cut")]);
  });

  it("and was undone keeps no node", async () => {
    joins = failing();
    expect((await partial()).nodeId).toBeUndefined();
  });
});

it("an update that fails keeps the node that was, with drift, so that the next run looks again", async () => {
  const before = await joinHost(inputs(), operation);
  joins = failing({ nodeId: "9", addresses: ["100.64.0.9"] });
  const olds = stateSchema.parse({ ...before, drift: ["something"] });
  expect(await partial(olds)).toMatchObject({
    nodeId: "7",
    declaration: before.declaration,
    drift: [expect.stringContaining("cut")],
  });
});

it("an update that fails takes the ports of before and those of its own for served: it may have set some", async () => {
  const [web, other, moved] = [
    { http: 80, to: "http://a:1" },
    { tcp: 9, to: "tcp://a:9" },
    { http: 80, to: "http://b:1" },
  ];
  const before = await joinHost(inputs({}, [web]), operation);
  joins = failing();
  const state = await partial(stateSchema.parse(before), inputs({}, [web, other]));
  expect(state.serve).toEqual([web, other]);
  const again = await partial(stateSchema.parse(state), inputs({}, [moved]));
  expect(stateSchema.parse(again).serve).toEqual([web, other, moved]);
});

describe("a control server that moved", () => {
  const olds = async () =>
    stateSchema.parse({
      ...(await joinHost(inputs({ at: "old" }), operation)),
      loginServer: "https://old.example",
    });

  it("with its database keeps the node: the same id and address are the same node", async () => {
    await joinHost(inputs({ at: "new" }), operation, await olds());
    expect(left).toEqual([]);
  });

  it("to another one has the former node removed there", async () => {
    const former = await olds();
    joins = () => ({ ...NODE, nodeId: "7", addresses: ["100.64.0.77"] });
    await joinHost(inputs({ at: "new" }), operation, former);
    expect(left).toMatchObject([{ moved: true, recorded: { nodeId: "7", addresses: ["100.64.0.1"] } }]);
  });
});

describe("a host whose peers do not answer", () => {
  const verifying = (config: object = {}) =>
    inputsSchema.parse({ name: "web-1", provider: "asking", config, connection: "local", verify });
  const verify = { peers: ["db-1"] };
  let asked = 0;
  let answer: () => Promise<void> = () => Promise.resolve();
  register({
    id: "asking",
    ensureInstalled: () => Promise.resolve(),
    ensureJoined: (ctx) => Promise.resolve().then(() => joins(ctx)),
    nodeFQDN: (host) => `${host}.new.mesh`,
    verify: () => {
      asked += 1;
      return answer();
    },
  });
  const silence = () => Promise.reject(new Error("silence"));
  afterEach(() => {
    asked = 0;
    answer = () => Promise.resolve();
  });

  it("is recorded as the node that joined, and as not verified, drift or no drift", async () => {
    answer = silence;
    const created = await partial(undefined, verifying());
    expect(created).toMatchObject({
      nodeId: "7",
      fqdn: NODE.fqdn,
      drift: [expect.stringContaining("silence")],
    });
    expect(created.verify).toBeUndefined();

    const { drift: _mended, ...refreshed } = created;
    expect(changedProperties(refreshed, verifying())).toEqual(["verify"]);
    answer = () => Promise.resolve();
    const updated = await joinHost(verifying(), operation, stateSchema.parse(refreshed));
    expect(updated.verify).toEqual(verify);
    expect(changedProperties(updated, verifying())).toEqual([]);
    expect(asked).toBe(2);
  });

  it("after a change of something else is recorded as what it is by now", async () => {
    const before = stateSchema.parse(await joinHost(verifying(), operation));
    joins = () => ({ ...NODE, nodeId: "9" });
    answer = silence;
    const state = await partial(before, verifying({ moved: true }));
    expect(state).toMatchObject({ nodeId: "9", config: { moved: true } });
    expect(state.verify).toBeUndefined();
  });
});

it("an update that breaks off before its peers were asked has verified nothing", async () => {
  const before = await joinHost(inputs(), operation);
  joins = failing();
  const olds = stateSchema.parse({ ...before, verify: { peers: ["db-1"] } });
  expect((await partial(olds)).verify).toBeUndefined();
});
