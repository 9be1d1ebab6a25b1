/** The lifecycle handlers that the shim forwards to, in the provider's process. Their names and arguments never change. */
import { messageOf } from "../errors";
import { parseWith } from "../validation";
import { findFailures, type CheckFailure } from "./check";
import { findLoginProblem } from "./check-login";
import { changedProperties } from "./diff";
import { loadProvider } from "./load-provider";
import { openProgress, type Progress } from "./progress";
import { recall } from "./roster";
import { inputsSchema, modernize, namedAs, stateSchema, type HostInputs, type HostState } from "./state";
import { toStore, withoutDefaults } from "./stored";

type Properties = Record<string, unknown>;

const RENEWAL = "the key of the node expires within the time of renewKey, and is renewed by an update";

export async function check(
  olds: Properties,
  news: Properties,
): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
  const { roles: _onlyForThis, ...inputs } = news;
  const failures = await findFailures(modernize(news));
  const isNew = Object.keys(olds).length === 0;
  if (isNew && failures.length === 0) await warnOfLogin(modernize(news));
  return { inputs, failures };
}

export async function diff(_id: string, olds: Properties, news: Properties): Promise<{ changes: boolean }> {
  recallHeld(modernize(olds));
  const changed = changedProperties(modernize(olds), modernize(news));
  // Nothing in the diff that the engine shows would tell why.
  if (changed.includes("keyExpiry"))
    await operate(news, (progress) => Promise.resolve(progress.info(RENEWAL)));
  return { changes: changed.length > 0 };
}

export async function create(news: Properties): Promise<{ id: string; outs: Properties }> {
  const inputs = parseInputs(news);
  return operate(news, async (progress) => {
    return { id: inputs.name, outs: await join(inputs, news, progress) };
  });
}

export async function update(_id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  const inputs = parseInputs(news);
  return operate(news, async (progress) => ({ outs: await join(inputs, news, progress, parseState(olds)) }));
}

export async function read(id: string, props: Properties): Promise<{ id?: string; props?: Properties }> {
  const state = parseState(props);
  return operate(props, async (progress) => {
    const { readHost } = await import("./read-host.js");
    const found = await readHost(state, { progress, env: process.env });
    return found === undefined ? {} : { id, props: namedAs(props, withoutDefaults(plain(found), props)) };
  });
}

async function remove(_id: string, props: Properties): Promise<void> {
  const state = parseState(props);
  await operate(props, async (progress) => {
    const { leaveHost } = await import("./leave-host.js");
    await leaveHost(state, { progress, env: process.env });
  });
}
export { remove as delete };

async function join(
  inputs: HostInputs,
  news: Properties,
  progress: Progress,
  olds?: HostState,
): Promise<Properties> {
  const { joinHost, PartialJoin } = await import("./join-host.js");
  const store = async (state: HostState) => {
    const provider = await loadProvider(state.provider, state.module).catch(() => undefined);
    return plain(toStore(state, provider?.installTexts));
  };
  try {
    const state = await joinHost(inputs, { progress, env: process.env }, olds);
    return await store(state);
  } catch (error) {
    // What was done is recorded, with the error: the next `up` looks again, and goes on from there.
    if (!(error instanceof PartialJoin)) throw error;
    const properties = { ...(await store(error.state)), __provider: news["__provider"] };
    throw Object.assign(new Error(error.message), { id: inputs.name, properties, reasons: [error.message] });
  }
}

async function warnOfLogin(news: Properties): Promise<void> {
  const problem = await findLoginProblem(news, process.env);
  if (problem !== undefined) await operate(news, (progress) => Promise.resolve(progress.warn(problem)));
}

/** What a host held after the last run, for the others of this one. */
function recallHeld(olds: Properties): void {
  const state = stateSchema.safeParse(olds);
  const { nodeId, loginServer, machine, connection } = state.data ?? {};
  if (connection !== undefined) recall(connection, { nodeId, loginServer, machine });
}

/** Runs a handler's work with its progress; what is thrown keeps its text, but no stack: users read it. */
async function operate<T>(props: Properties, work: (progress: Progress) => Promise<T>): Promise<T> {
  const { progressUrn } = modernize(props);
  const progress = openProgress(typeof progressUrn === "string" ? progressUrn : undefined);
  try {
    return await work(progress);
  } catch (error) {
    const shown = Object.assign(new Error(messageOf(error)), error);
    shown.stack = "";
    throw shown;
  } finally {
    await progress.flush();
  }
}

function parseInputs(news: Properties): HostInputs {
  return parseWith(inputsSchema, modernize(news), "inputs");
}

function parseState(props: Properties): HostState {
  return parseWith(stateSchema, modernize(props), "state");
}

/** Without what is absent, at any depth: the engine's protocol has no undefined. */
function plain(state: Readonly<Properties>): Properties {
  return JSON.parse(JSON.stringify(state)) as Properties;
}
