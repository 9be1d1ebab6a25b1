/** Logs a node in: one exec, the auth key on standard input, the outcome read back from the node. */
import { isMeshError, type MeshError, redact } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { Guard } from "../guard/types";
import { installScript } from "../install/scripts";
import { hostScript } from "../scripts";
import { loggedInHere } from "../identity/hold";
import { logout, withoutStaleNode } from "../leave/logout";
import { printedWarnings } from "../network/warnings";
import { classifyLogin } from "../probe/classify";
import { blameClock } from "../probe/clock";
import type { HostFacts } from "../probe/facts";
import { healthOf, isLoggedIn } from "../probe/node";
import { loginFlags, reroutes } from "../settings/flags";
import type { Target } from "../target";
import type { AuthKey } from "./auth-key";
import { isRefusedForLogout, RefusedForLogout } from "./refused";
import { remediesFor } from "./remedies";

/** `up` waits 60 s for the node, the script 15 s for its name. */
const LOGIN_TIMEOUT_MS = 90_000;

export interface LoginReport {
  readonly facts: HostFacts;
  /** The profile that was active before, after a login into a new one. */
  readonly previousProfile?: string;
  /** Another run had joined the host by then: what it did is not this one's to undo. */
  readonly byOther: boolean;
}

/**
 * `up` logs in a node that has no login; `login` opens a new profile beside the present one, to which a failure goes back. A
 * node that the control server does not list any more is logged out first, as there is a key to come back with. Throws the
 * classified MeshError when the node is not logged in afterwards; the key is the caller's to revoke then.
 */
export async function login(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
  authKey: AuthKey,
  command: "up" | "login",
): Promise<LoginReport> {
  if (command !== "up" || !isLoggedIn(before))
    return loginWith(target, wishes, await withoutStaleNode(target, before), authKey, command);
  target.ctx.progress("the control server does not list the node any more");
  const loggedOut = await logout(target, loggedInHere({ listed: false }));
  return loginWith(target, wishes, loggedOut, authKey, command);
}

async function loginWith(
  target: Target,
  { tags, flags = {} }: EnsureJoinedOptions,
  before: HostFacts,
  authKey: AuthKey,
  command: "up" | "login",
): Promise<LoginReport> {
  const { host, ctx, network, rules } = target;
  const { secrets } = authKey;
  const settings = [
    `--login-server=${network.loginServer}`,
    `--hostname=${host}`,
    ...loginFlags(flags, before.prefs),
  ];
  const attempt = async (requested: readonly string[]): Promise<LoginReport | MeshError> => {
    const { output, facts, sections } = await target.run({
      label: "login",
      script: hostScript("login"),
      args: [command, ...authKey.args, ...settings, `--advertise-tags=${requested.join(",")}`],
      stdin: authKey.value,
      secrets,
      timeoutMs: LOGIN_TIMEOUT_MS,
      guard: loginGuard(command, settings),
    });
    // Neither exit code nor text decides: a second attempt can print the former error while it goes through.
    const previousProfile = sections.get("previous") || undefined;
    if (isLoggedIn(facts)) {
      for (const warning of printedWarnings(redact(output, secrets))) ctx.warn(`${host}: ${warning}`);
      return { facts, previousProfile, byOther: sections.has("joined-by-other") };
    }
    const text = redact(`${output}\n${healthOf(facts)}`, secrets);
    if (previousProfile !== undefined) {
      await cancelLogin(target); // of the new profile, before the former one is the present one again
      await switchBack(target, previousProfile);
    }
    if (isRefusedForLogout(text)) return new RefusedForLogout(host, text, facts.machine.clientKey);
    const remedies = remediesFor(authKey.kind, rules.loginRemedies);
    return blameClock(classifyLogin(host, text, secrets, remedies), facts);
  };

  ctx.progress("joining");
  const asked = rules.tagsBy === "request" ? tags : [];
  let result = await attempt(asked);
  const mayCarryTags = asked.length > 0 && authKey.kind === "given";
  if (isMeshError(result) && result.kind === "tag-refused" && mayCarryTags) {
    // The key may carry the tags without allowing the request (Headscale does so); they are verified after the join.
    ctx.progress("joining with the tags of the auth key");
    const second = await attempt([]);
    if (!isMeshError(second) || second.kind.startsWith("key-")) result = second;
  }
  if (isMeshError(result)) {
    if (command === "up") await cancelLogin(target);
    throw result;
  }
  return result;
}

/** The client would keep the key, and join some day behind everybody's back. */
async function cancelLogin({ run }: Target): Promise<void> {
  await run({ label: "cancel-login", script: installScript("cancel-login") });
}

/** A former profile comes back by itself; what a login alone can bring on a host that was in no network are its routes. */
function loginGuard(command: string, [loginServer, ...settings]: readonly string[]): Guard {
  const change = `tailscale ${command} ${loginServer}`;
  if (!reroutes(settings)) return { change, restore: [] };
  return { change: `${change} --accept-routes=true`, restore: ["--accept-routes=false"], reroutes: true };
}

/** Back to the network that the host was in before. */
export async function switchBack({ ctx, run }: Target, profile: string): Promise<void> {
  ctx.progress("going back to the former network");
  await run({ label: "switch-back", script: hostScript("switch-back"), args: [profile] });
}
