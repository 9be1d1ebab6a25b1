/** A node whose key shall not expire: it is told to the control server, once. */
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { Target } from "../target";
import { mustProve } from "./settle";

/** True when the control server says that the key does not expire, whatever the node has heard. */
export async function ensureKeyExpiry(
  target: Target,
  wishes: Pick<EnsureJoinedOptions, "keyExpiry" | "former" | "recorded">,
): Promise<boolean> {
  const { host, ctx, api } = target;
  if (wishes.keyExpiry === undefined) {
    if (wishes.former?.keyExpiry !== undefined)
      ctx.warn(
        `${host}: the node's key still does not expire, as it was declared before; enable the expiry at the control server if it shall`,
      );
    return false;
  }
  const facts = await target.facts();
  if (facts.status?.Self?.KeyExpiry === undefined) return true;
  if (api === undefined) throw needsApi(host, facts.status.Self.KeyExpiry);
  const node = await mustProve(target, wishes, facts);
  if (node.keyExpires === false) return true;
  ctx.progress("disabling the expiry of the node's key");
  await api.disableKeyExpiry(node);
  return true;
}

function needsApi(host: string, expiry: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: `the node's key expires on ${expiry.slice(0, 10)}, and keyExpiry is disabled, which only the control server's API can do`,
    remedy: "Set api_key_env, or disable the expiry at the control server by hand.",
  });
}
