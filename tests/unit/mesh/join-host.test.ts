/** What create and update keep of a node when they break off, and when a control server gets another name. */
import { afterEach, describe, expect, it } from "@jest/globals";
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
