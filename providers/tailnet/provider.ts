/** Makes a NetworkProvider of the tailscale client for one kind of control server. */
import type { NetworkProvider } from "../contract";
import { parseBlock } from "./block";
import { buildFQDN, type TailnetConfig } from "./config";
import type { Flavor } from "./flavor";
import { checkInstall } from "./install/tarball-files";
import { findAuthKey } from "./join/auth-key";
import { daemonMistakes } from "./daemon/declared";
import { keyMistakes } from "./join/key-mistakes";
import { udpGroMistakes } from "./routes/declared";
import { serveMistakes } from "./serve/declared";
import { flagMistakes, versionMistakes } from "./settings/flags";
import { renderUserData } from "./user-data/render";

/** Loaded when something is to be done: more than a hundred files, of which a program that declares hosts needs none. */
const work = () => import("./work.js");

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
    checkDaemon: daemonMistakes,
    checkKey: (settings, config) => keyMistakes(flavor, settings, config),
    checkUdpGro: udpGroMistakes,
    checkServe: (serve) => serveMistakes(flavor, serve),
    checkConfig: (config) => checkInstall(parseBlock(flavor, config).install),
    userData: (options) => renderUserData(flavor, options),
    nodeFQDN: (host, config) => buildFQDN(host, parseBlock(flavor, config, host)),
    checkLogin: (ctx, { config: block, host, ...wishes }) => {
      const config = parseBlock(flavor, block, host);
      findAuthKey(
        {
          ...{ host, config, ctx, rules: flavor, hasApi: flavor.openApi !== undefined },
          api: flavor.openApi?.(config, ctx, host),
          openGivenKey: (given) => flavor.openGivenKey?.(given, config, ctx, host),
        },
        wishes,
      );
    },
    async ensureInstalled(ctx, { config, host, readServe }) {
      const { ensureClient } = await work();
      await ensureClient(ctx, host, parseBlock(flavor, config, host).install, readServe);
    },
    async ensureJoined(ctx, options) {
      const { ensureNode, openTarget } = await work();
      return ensureNode(openTarget(ctx, flavor, options.config, options.host), options);
    },
    async inspect(ctx, options) {
      const { inspectNode, openTarget } = await work();
      return inspectNode(openTarget(ctx, flavor, options.config, options.host), options);
    },
    async verify(ctx, { config, host, ...wishes }) {
      const { openTarget, verify } = await work();
      await verify(openTarget(ctx, flavor, config, host), wishes);
    },
    async release(ctx, { config, host, declaration }) {
      const { openTarget, release } = await work();
      return release(openTarget(ctx, flavor, config, host), declaration);
    },
    async survey(ctx, options) {
      const { openTarget, survey } = await work();
      return survey(openTarget(ctx, flavor, options.config, options.host), options);
    },
    checkAccess: async (ctx, options) => (await work()).checkAccess(ctx, flavor, options),
    async ensureLeft(ctx, options) {
      const { leave, openTarget } = await work();
      return leave(openTarget(ctx, flavor, options.config, options.host), options);
    },
  };
}
