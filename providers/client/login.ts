/** Logs a node in: one exec, the auth key on standard input, the outcome read back from the node. */
import { MeshError, redact } from "../../errors";
import type { EnsureJoinedOptions, ProviderContext } from "../contract";
import { readAuthKey } from "./auth-key";
import { classifyLogin } from "./classify";
import type { ClientConfig } from "./config";
import type { HostFacts } from "./facts";
import type { ClientFlavor } from "./flavor";
import { loginFlags } from "./flags";
import { healthOf, isLoggedIn } from "./node";
import { run } from "./run";
import { LOGIN, SWITCH_BACK } from "./scripts";

/** `up` waits 60 s for the node, the script 15 s for its name. */
const LOGIN_TIMEOUT_MS = 90_000;

export interface LoginReport {
  readonly facts: HostFacts;
  /** The profile that was active before, after a login into a new one. */
  readonly previousProfile?: string;
}

/**
 * `up` logs in a node that has no login; `login` opens a new profile beside the present one, to which a failure goes back.
 * Throws the classified MeshError when the node is not logged in afterwards.
 */
export async function login<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  options: EnsureJoinedOptions,
  before: HostFacts,
  command: "up" | "login" = "up",
): Promise<LoginReport> {
  const { host, tags } = options;
  const authKey = readAuthKey(ctx, host, { authKey: options.authKey, variable: config.auth_key_env });
  const settings = [
    `--login-server=${flavor.loginServer(config)}`,
    `--hostname=${host}`,
    ...loginFlags(options.flags ?? {}, before.prefs),
  ];
  const attempt = async (requested: readonly string[]): Promise<LoginReport | MeshError> => {
    const { output, facts, previous } = await run(ctx, host, {
      label: "login",
      script: LOGIN,
      args: [command, ...settings, `--advertise-tags=${requested.join(",")}`],
      stdin: authKey,
      secrets: [authKey],
      timeoutMs: LOGIN_TIMEOUT_MS,
    });
    // Neither exit code nor text decides: a second attempt can print the former error while it goes through.
    if (isLoggedIn(facts)) return { facts, previousProfile: previous };
    if (previous !== undefined) await switchBack(ctx, host, previous);
    return classifyLogin(
      host,
      redact(`${output}\n${healthOf(facts)}`, [authKey]),
      [authKey],
      flavor.loginRemedies,
    );
  };

  ctx.progress("joining");
  const asked = flavor.tagsBy === "request" ? tags : [];
  let result = await attempt(asked);
  if (result instanceof MeshError && result.kind === "tag-refused" && asked.length > 0) {
    // The key may carry the tags without allowing the request (Headscale does so); they are verified after the join.
    ctx.progress("joining with the tags of the auth key");
    const second = await attempt([]);
    if (!(second instanceof MeshError) || second.kind.startsWith("key-")) result = second;
  }
  if (result instanceof MeshError) throw result;
  return result;
}

/** Back to the network that the host was in before. */
export async function switchBack(ctx: ProviderContext, host: string, profile: string): Promise<void> {
  ctx.progress("going back to the former network");
  await run(ctx, host, { label: "switch-back", script: SWITCH_BACK, args: [profile] });
}
