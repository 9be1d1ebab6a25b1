/** Makes a NetworkProvider of the tailscale client for one kind of control server. */
import type { NetworkProvider } from "../contract";
import { buildFQDN, type TailnetConfig } from "./config";
import type { Flavor } from "./flavor";
import { checkInstall, ensureClient } from "./install";
import { release } from "./identity/hold";
import { findAuthKey } from "./join/auth-key";
import { ensureNode } from "./join/join";
import { leave } from "./leave/leave";
import { inspectNode } from "./refresh/inspect";
import { serveMistakes } from "./serve/declared";
import { flagMistakes, versionMistakes } from "./settings/flags";
import { checkAccess } from "./survey/access";
import { survey } from "./survey/survey";
import { openTarget, parseBlock } from "./target";

export function createTailnetProvider<C extends TailnetConfig>(flavor: Flavor<C>): NetworkProvider {
  return {
    id: flavor.id,
    drives: "tailscaled",
    schema: flavor.schema,
    installTexts: [["install", "repository_key"]],
    checkFlags: (flags, extraFlags, config) => [
      ...flagMistakes(flags, extraFlags),
      ...versionMistakes(flags, config),
    ],
    checkServe: (serve) => serveMistakes(flavor, serve),
    checkConfig: (config) => checkInstall(parseBlock(flavor, config).install),
    nodeFQDN: (host, config) => buildFQDN(host, parseBlock(flavor, config, host)),
    checkLogin: (ctx, { config: block, host, ...wishes }) => {
      const config = parseBlock(flavor, block, host);
      findAuthKey(
        {
          ...{ host, config, ctx, hasApi: flavor.openApi !== undefined },
          api: flavor.openApi?.(config, ctx, host),
          openGivenKey: (given) => flavor.openGivenKey?.(given, config, ctx, host),
        },
        wishes,
      );
    },
    async ensureInstalled(ctx, { config, host, readServe }) {
      await ensureClient(ctx, host, parseBlock(flavor, config, host).install, readServe);
    },
    ensureJoined: async (ctx, options) =>
      ensureNode(openTarget(ctx, flavor, options.config, options.host), options),
    inspect: async (ctx, options) =>
      inspectNode(openTarget(ctx, flavor, options.config, options.host), options),
    release: async (ctx, { config, host, declaration }) =>
      release(openTarget(ctx, flavor, config, host), declaration),
    survey: async (ctx, options) => survey(openTarget(ctx, flavor, options.config, options.host), options),
    checkAccess: (ctx, options) => checkAccess(ctx, flavor, options),
    ensureLeft: async (ctx, options) => leave(openTarget(ctx, flavor, options.config, options.host), options),
  };
}
