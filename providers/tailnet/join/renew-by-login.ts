/** A login of a node that is in the mesh and stays what it is, but for its key. */
import { MeshError, redact } from "../../../errors";
import { isRenewalDue } from "../../../renew-key";
import type { EnsureJoinedOptions } from "../../contract";
import { printedWarnings } from "../network/warnings";
import { classifyLogin } from "../probe/classify";
import { blameClock } from "../probe/clock";
import type { HostFacts } from "../probe/facts";
import { healthOf, isLoggedIn } from "../probe/node";
import { hostScript } from "../scripts";
import { flagsAfterLogin, renewalFlags } from "../settings/flags";
import type { Target } from "../target";
import { adjust } from "./adjust";
import { obtainAuthKey } from "./auth-key";
import { remediesFor } from "./remedies";
import { mustProve } from "./settle";

/** `up` waits 60 s, the script 15 s after a restart of the daemon. */
const RENEWAL_TIMEOUT_MS = 100_000;

const KEY_STAYS = "a key that was renewed stays, for it cannot be taken back";

/**
 * Before the node is touched an auth key is at hand, and the control server answers: the node, and the API where there is one. Throws the
 * classified MeshError when the node has no other key after it.
 */
export async function renewByLogin(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
): Promise<HostFacts> {
  const { host, ctx, api, rules } = target;
  const { prefs, status } = before;
  // A client that an earlier try has left with an auth key which is no good has no connection either, and gets one by the next.
  const isTrying = /last login error/i.test(healthOf(before));
  if (prefs === undefined || (status?.Self?.Online !== true && !isTrying)) throw notConnected(host);
  if (api !== undefined) await mustProve(target, wishes, before);
  const authKey = await obtainAuthKey(target, wishes);
  const { value, secrets, kind } = authKey;
  ctx.progress("renewing the node's key");
  const { output, facts, sections } = await target.run({
    label: "renew-key",
    script: hostScript("renew-key"),
    args: [...authKey.args, ...renewalFlags(wishes.flags ?? {}, prefs)],
    stdin: value,
    secrets,
    timeoutMs: RENEWAL_TIMEOUT_MS,
    guard: { change: "tailscale up --force-reauth", restore: [], stays: KEY_STAYS },
  });
  const key = facts.status?.Self?.PublicKey;
  if (isLoggedIn(facts) && key !== undefined && key !== status?.Self?.PublicKey) {
    for (const warning of printedWarnings(redact(output, secrets))) ctx.warn(`${host}: ${warning}`);
    return facts;
  }
  // One that the client still tries with would be of use once the control server answers.
  if (sections.has("restarted")) await authKey.revoke();
  const text = redact(`${output}\n${healthOf(facts)}`, secrets);
  throw blameClock(classifyLogin(host, text, secrets, remediesFor(kind, rules.loginRemedies)), facts);
}

/** Sets again what such a login resets, and sees that it is the same node. */
export async function keepRenewed(
  target: Target,
  wishes: EnsureJoinedOptions,
  before: HostFacts,
  after: HostFacts,
): Promise<void> {
  const { host, ctx } = target;
  const [former, present] = [before, after].map(({ status }) => status?.Self?.ID ?? "");
  if (former !== present) throw otherNode(host, former!, present!);
  const late = { ...wishes, flags: flagsAfterLogin(wishes.flags ?? {}, before.prefs), former: undefined };
  const { status } = await adjust(target, late, after);
  const expiry = status?.Self?.KeyExpiry;
  if (!isRenewalDue(expiry, wishes.renewKey)) return;
  ctx.warn(
    `${host}: the fresh key of the node expires on ${expiry?.slice(0, 10)}, which is within renewKey again: every \`pulumi up\` will renew it. Declare a shorter time.`,
  );
}

function notConnected(host: string): MeshError {
  return new MeshError({
    kind: "control-server",
    host,
    message: "the node has no connection to its control server",
    remedy: "See on the host whether the control server can be reached (`tailscale status`).",
  });
}

/** An auth key of somebody else's makes another node of the host. */
function otherNode(host: string, before: string, after: string): MeshError {
  return new MeshError({
    kind: "join-failed",
    host,
    message: `the renewal of the node's key made the node ${after} of the node ${before}: the auth key belongs to somebody else`,
    remedy:
      "Delete the former node at the control server, run `pulumi up` again, and give auth keys of the node's own owner from then on.",
  });
}
