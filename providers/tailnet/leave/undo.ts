/** Takes back a login of this provider call: whatever network it went to. */
import type { ApiNode } from "../../control-server/api";
import { loggedInHere } from "../identity/hold";
import { proveHost } from "../identity/prove";
import type { Target } from "../target";
import { removeAtServer } from "./at-server";
import { logout } from "./logout";

/**
 * Removes the node only when it is proven, and was not listed before the login. Without that it stays listed, logged out, and
 * that is said: the next login needs it out of the way.
 */
export async function undoJoin(target: Target, listedBefore: readonly ApiNode[] | undefined): Promise<void> {
  const { host, ctx, rules } = target;
  const facts = await target.facts();
  const nodeId = facts.status?.Self?.ID;
  const isNew = listedBefore?.some((node) => node.nodeId === nodeId) === false;
  const proof = isNew ? await proveHost(target, undefined, facts).catch(() => undefined) : undefined;
  await logout(target, loggedInHere({ byUs: true }));
  if (proof?.ok === true) return removeAtServer(target, proof.node);
  if (proof?.ok === false && proof.why === "gone") return;
  const again = rules.logoutIsFinal === true ? " before the next `pulumi up`: it could not log in again" : "";
  ctx.warn(
    `${host}: the join was undone; its node ${nodeId ?? ""} is logged out, but stays listed at the control server: delete it there${again}`,
  );
}
