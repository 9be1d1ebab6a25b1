/** Renews the key of a node that expires soon, in its place: the node keeps its id, name and addresses. */
import { isMeshError, MeshError, type ErrorKind } from "../../../errors";
import { isRenewalDue } from "../../../renew-key";
import type { EnsureJoinedOptions } from "../../contract";
import { isLoggedIn } from "../probe/node";
import type { Target } from "../target";
import { keepRenewed, renewByLogin } from "./renew-by-login";
import { mustProve } from "./settle";

/** What leaves nobody knowing how the host is, or is a matter of the configuration: no warning. */
const FATAL: readonly ErrorKind[] = [
  "host-unreachable",
  "would-lock-out",
  "not-permitted",
  "invalid-config",
  "held-elsewhere",
];

/**
 * Returns until when the key is good, where that is not what the node itself shows by now. What fails is a warning, for the host is
 * in the mesh until then, and the next `up` tries again. Throws what went wrong when the host is not in the mesh after it, or is another
 * node.
 */
export async function ensureKeyRenewed(
  target: Target,
  wishes: EnsureJoinedOptions,
): Promise<string | undefined> {
  const { ctx, api } = target;
  const before = await target.facts();
  const expiry = before.status?.Self?.KeyExpiry;
  if (expiry === undefined || !isRenewalDue(expiry, wishes.renewKey)) return undefined;
  if (api?.extendKey !== undefined)
    return orWarn(target, expiry, async () => {
      const node = await mustProve(target, wishes, before);
      ctx.progress("extending the node's key");
      return api.extendKey!(node);
    });
  const after = await orWarn(target, expiry, () => renewByLogin(target, wishes, before));
  if (after !== undefined) await keepRenewed(target, wishes, before, after);
  return undefined;
}

/** Throws invalid-config where there is no way to do it. */
export function mustRenew(
  { host, api, rules }: Pick<Target, "host" | "api" | "rules">,
  { renewKey }: Pick<EnsureJoinedOptions, "renewKey">,
): void {
  if (renewKey === undefined || api !== undefined || rules.loginRenewsNot === undefined) return;
  throw new MeshError({
    kind: "invalid-config",
    host,
    message: `renewKey needs the control server's API here: ${rules.loginRenewsNot}`,
    remedy: "Set api_key_env and the variable that it names, or leave out renewKey.",
  });
}

async function orWarn<T>(target: Target, expiry: string, renew: () => Promise<T>): Promise<T | undefined> {
  try {
    return await renew();
  } catch (error) {
    if (!isMeshError(error) || FATAL.includes(error.kind)) throw error;
    if (!isLoggedIn(await target.facts())) throw error;
    target.ctx.warn(
      `${target.host}: the node's key could not be renewed, and is good until ${expiry}; the next \`pulumi up\` tries again: ${error.detail}. ${error.remedy ?? ""}`.trim(),
    );
    return undefined;
  }
}
