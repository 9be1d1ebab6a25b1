/** Logs a host in, checks that it is the node that it shall be, and takes back what is not. */
import { setTimeout as sleep } from "node:timers/promises";
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { ApiNode } from "../../control-server/api";
import type { Proof } from "../../control-server/proof";
import { findTwin, mustBeItself } from "../identity/clones";
import { proveAfterChange } from "../identity/prove";
import { undoJoin } from "../leave/undo";
import { nodeState } from "../network/node-state";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { hostScript } from "../scripts";
import type { Target } from "../target";
import { obtainAuthKey } from "./auth-key";
import { notListed } from "./errors";
import { removeExtraTags } from "./extra-tags";
import { login, switchBack, type LoginReport } from "./login";
import { freeName } from "./name";
import { RefusedForLogout, removeRefused } from "./refused";
import { settle } from "./settle";

/** Logs in and settles; a node that cannot be settled is not left behind. */
export async function joinAnew(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
  command: "up" | "login",
): Promise<void> {
  const { ctx, run } = target;
  const listed = await listIfPossible(target, wishes);
  const first =
    command === "up" && !isLoggedIn(before) ? await aloneWithItsKey(target, wishes, before, listed) : before;
  const { facts, previousProfile, byOther } = await loginPastOldNode(target, wishes, first, command, listed);
  ctx.record?.(shown(target, facts));
  try {
    await mustBeListed(target, wishes, facts);
    const settled = await settle(target, wishes, facts, !byOther);
    const isNew = !byOther && listed?.some(({ nodeId }) => nodeId === settled.status?.Self?.ID) === false;
    nodeState(target.host, isNew ? await removeExtraTags(target, wishes, settled) : settled); // or throws
    if (previousProfile !== undefined)
      await run({ label: "forget-profile", script: hostScript("forget-profile"), args: [previousProfile] });
  } catch (error) {
    if (byOther) throw error; // What another run did is not ours to undo.
    // Never leave a node behind that lacks its tags or is in a foreign tailnet.
    ctx.progress("undoing the join");
    await undoJoin(target, listed).then(
      () => ctx.record?.(),
      () => undefined,
    );
    if (previousProfile !== undefined) await switchBack(target, previousProfile).catch(() => undefined);
    throw error;
  }
}

/** All nodes before the login; undefined when nobody could be asked. An API key that is not accepted any more is no reason to refuse a login that may need none. */
async function listIfPossible(
  { api }: Target,
  { onNameConflict }: Pick<EnsureJoinedOptions, "onNameConflict">,
): Promise<readonly ApiNode[] | undefined> {
  try {
    return await api?.listNodes();
  } catch (error) {
    if (onNameConflict === "replace-offline" || !isMeshError(error)) throw error;
    return undefined;
  }
}

/** A node is said to be online for a moment after its logout. */
const TWIN_WAIT_MS = 20_000;
const TWIN_PAUSE_MS = 2_000;

/** A logged-out client whose machine key is at work elsewhere is a copy: its login would take the other's node. */
async function aloneWithItsKey(
  target: Target,
  wishes: EnsureJoinedOptions,
  facts: HostFacts,
  listed: readonly ApiNode[] | undefined,
): Promise<HostFacts> {
  let twin = findTwin(facts, listed ?? [], wishes.recorded);
  for (let waited = 0; twin !== undefined && waited < TWIN_WAIT_MS; waited += TWIN_PAUSE_MS) {
    target.ctx.progress(
      `the node ${twin.nodeId} (${twin.name}) has this machine's key: waiting whether it is still there`,
    );
    await sleep(TWIN_PAUSE_MS, undefined, { signal: target.ctx.signal });
    twin = findTwin(facts, (await listIfPossible(target, wishes)) ?? [], wishes.recorded);
  }
  if (twin === undefined) return facts;
  await mustBeItself(target, wishes, { with: `the node ${twin.nodeId} (${twin.name})`, shares: "copy" });
  return target.facts();
}

/** A login, and once more when this host's own old node was in the way, and could be removed. */
async function loginPastOldNode(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
  command: "up" | "login",
  listed: readonly ApiNode[] | undefined,
): Promise<LoginReport> {
  try {
    return await loginWithKey(target, wishes, command, async () => {
      await freeName(target, wishes, before, listed ?? []);
      return before;
    });
  } catch (error) {
    if (!(error instanceof RefusedForLogout) || !(await removeRefused(target, wishes, error, listed)))
      throw error;
    return await loginWithKey(target, wishes, command, target.facts);
  }
}

/** The key is at hand before `prepare` removes anything: without one nobody comes back in its place. */
async function loginWithKey(
  target: Target,
  wishes: EnsureJoinedOptions,
  command: "up" | "login",
  prepare: () => Promise<HostFacts>,
): Promise<LoginReport> {
  const authKey = await obtainAuthKey(target, wishes);
  try {
    return await login(target, wishes, await prepare(), authKey, command);
  } catch (error) {
    await authKey.revoke();
    throw error;
  }
}

/** A join has ended when the control server lists the node, where it can be asked. */
async function mustBeListed(target: Target, wishes: EnsureJoinedOptions, facts: HostFacts): Promise<void> {
  const { host, ctx } = target;
  const proof = await recordAfterLogin(target, wishes, facts);
  if (proof === undefined || proof.ok) return;
  if (proof.why === "gone") throw notListed(host, facts.status?.Self?.ID ?? "");
  ctx.warn(
    `${host}: the client says that it is logged in, and the control server's record differs: ${proof.doubt}`,
  );
}

/** Undefined where there is nobody to ask, or no answer, which is said. */
async function recordAfterLogin(
  target: Target,
  { recorded }: EnsureJoinedOptions,
  facts: HostFacts,
): Promise<Proof | undefined> {
  const { host, ctx } = target;
  try {
    return await proveAfterChange(target, recorded, facts);
  } catch (error) {
    if (!isMeshError(error)) throw error;
    ctx.warn(`${host}: whether the control server lists the node could not be checked: ${error.detail}`);
    return undefined;
  }
}

/** What is known of a node that has just logged in. */
function shown(
  { network }: Target,
  { status, prefs }: HostFacts,
): Parameters<NonNullable<Target["ctx"]["record"]>>[0] {
  const self = status?.Self;
  return {
    nodeId: self?.ID,
    addresses: self?.TailscaleIPs ?? [],
    nodeKey: self?.PublicKey,
    fqdn: (self?.DNSName ?? "").replace(/\.$/, "") || undefined,
    loginServer: prefs?.ControlURL ?? network.loginServer,
  };
}
