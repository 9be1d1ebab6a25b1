/** A host, the network it shall be in, and the ways to both: resolved once, at the door of each provider call. */
import type { Session } from "../../transport";
import type { ProviderContext } from "../contract";
import type { ControlServerApi, KeyMaker } from "../control-server/api";
import { parseBlock } from "./block";
import { buildFQDN, type TailnetConfig } from "./config";
import type { ControlServerRules, Flavor, GivenKey } from "./flavor";
import { normalizeUrl, type TargetNetwork } from "./network/match";
import type { HostFacts } from "./probe/facts";
import { readFacts, run, type RunOptions, type RunReport } from "./run";

/** Everything that a step needs; nothing in it outlives the provider call. */
export interface Target {
  /** The node's name: one DNS label. */
  readonly host: string;
  readonly ctx: ProviderContext;
  readonly config: TailnetConfig;
  readonly rules: ControlServerRules;
  readonly network: TargetNetwork;
  /** Whether this kind of control server has an API that we know, so that a key for it would help. */
  readonly hasApi: boolean;
  /** The control server's API, opened when it is first asked for; undefined when the configuration gives no access. */
  readonly api: ControlServerApi | undefined;
  /** See `Flavor.openGivenKey`. */
  readonly openGivenKey: (given: GivenKey) => KeyMaker | undefined;
  /** The host's facts: from the connection's last script, else by a probe, which tells what the node serves where `readServe` is true. */
  readonly facts: (readServe?: boolean) => Promise<HostFacts>;
  /** Runs a script on the host, which ends with a probe. */
  readonly run: (options: RunOptions) => Promise<RunReport>;
}

/** Parses the block (throws invalid-config) and reaches nobody yet. */
export function openTarget<C extends TailnetConfig>(
  ctx: ProviderContext,
  flavor: Flavor<C>,
  block: unknown,
  host: string,
): Target {
  const config = parseBlock(flavor, block, host);
  let api: { readonly opened: ControlServerApi | undefined } | undefined;
  let changed = false;
  const tell = () => {
    changed = true;
    api?.opened?.changed();
  };
  return {
    host,
    ctx,
    config,
    rules: flavor,
    network: resolveNetwork(flavor, config, host),
    hasApi: flavor.openApi !== undefined,
    get api() {
      if (api !== undefined) return api.opened;
      api = { opened: flavor.openApi?.(config, ctx, host) };
      if (changed) tell();
      return api.opened;
    },
    openGivenKey: (given) => flavor.openGivenKey?.(given, config, ctx, host),
    facts: (readServe) => readFacts(ctx, host, readServe),
    run: (options) => runAndTell(ctx, host, options, tell),
  };
}

/**
 * Runs a script, then calls `onChange` where it may have changed the host, and with it the node: the API's answers from before are
 * no answers any more.
 */
async function runAndTell(
  ctx: ProviderContext,
  host: string,
  options: RunOptions,
  onChange: () => void,
): Promise<RunReport> {
  try {
    return await run(ctx, host, options);
  } finally {
    if (options.readOnly !== true) onChange();
  }
}

function resolveNetwork<C extends TailnetConfig>(flavor: Flavor<C>, config: C, host: string): TargetNetwork {
  const loginServer = flavor.loginServer(config);
  return {
    loginServer,
    knownAs: [loginServer, ...(flavor.synonyms ?? [])].map(normalizeUrl),
    domain: config.tailnet_domain,
    fqdn: buildFQDN(host, config),
  };
}

/** The same network, API and wishes, for another connection. */
export function withSession(target: Target, session: Session): Target {
  const ctx = { ...target.ctx, session };
  return {
    ...target,
    ctx,
    facts: (readServe) => readFacts(ctx, target.host, readServe),
    run: (options) => runAndTell(ctx, target.host, options, () => target.api?.changed()),
  };
}
