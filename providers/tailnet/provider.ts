/** Makes a NetworkProvider of the tailscale client for one kind of control server. */
import { parseWith } from "../../validation";
import type { NetworkProvider } from "../contract";
import { buildFQDN, type ClientConfig } from "./config";
import { cutOff } from "./network/cut-off";
import type { ClientFlavor } from "./flavor";
import { findDrift } from "./network/drift";
import { flagMistakes } from "./settings/flags";
import { checkInstall, ensureClient } from "./install";
import { ensureNode } from "./join/join";
import { leave } from "./leave/leave";
import { isUnlisted } from "./network/listed";
import { mismatch } from "./network/match";
import { isLoggedIn, nodeState } from "./probe/node";
import { readFacts } from "./run";

export function createClientProvider<C extends ClientConfig>(flavor: ClientFlavor<C>): NetworkProvider {
  const parse = (config: unknown, host?: string) =>
    parseWith(flavor.schema, config, `network.providers.${flavor.id}`, host);
  return {
    id: flavor.id,
    schema: flavor.schema,
    checkFlags: flagMistakes,
    checkConfig: (config) => checkInstall(parse(config).install),
    nodeFQDN: (host, config) => buildFQDN(host, parse(config, host)),
    async ensureInstalled(ctx, { config, host }) {
      await ensureClient(ctx, host, parse(config, host).install);
    },
    async ensureJoined(ctx, options) {
      return ensureNode(ctx, flavor, parse(options.config, options.host), options);
    },
    async inspect(ctx, options) {
      const { config, host, flags } = options;
      const facts = await readFacts(ctx, host);
      const block = parse(config, host);
      const outOfReach = cutOff(flavor, block, host, facts);
      if (outOfReach !== undefined) throw outOfReach;
      if (!isLoggedIn(facts)) return undefined;
      const elsewhere = mismatch(flavor, block, facts) !== undefined;
      if (!elsewhere && (await isUnlisted(ctx, flavor, block, host, facts))) return undefined;
      return {
        ...nodeState(host, facts, flags),
        drift: findDrift(flavor, block, facts, options),
        inOtherNetwork: elsewhere,
      };
    },
    async ensureLeft(ctx, options) {
      return leave(ctx, flavor, parse(options.config, options.host), options);
    },
  };
}
