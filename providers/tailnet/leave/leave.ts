/** Ensures that a host is no node any more: logged out, and deleted at the control server where an API can do it. */
import { isMeshError, MeshError } from "../../../errors";
import type { EnsureLeftOptions, LeftReport } from "../../contract";
import { ridesMesh } from "../guard/rides-mesh";
import { uninstallClient, uninstallStep } from "../install/uninstall";
import { cutOff } from "../network/cut-off";
import { mismatch } from "../network/match";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { LOGOUT } from "../scripts/node";
import type { Target } from "../target";
import { leaveOverTheMesh } from "./over-the-mesh";

/** With the API the node goes also when the host is gone; without it the host has to be reached to log out. */
export async function leave(
  target: Target,
  { nodeId, moved, how = "remove" }: Pick<EnsureLeftOptions, "nodeId" | "moved" | "how">,
): Promise<LeftReport> {
  const { host } = target;
  if (moved === true) return removeFormer(target, nodeId);

  const removable = how !== "logout" && target.api !== undefined && nodeId !== undefined;
  const onHost = await leaveOnHost(target, { nodeId, how }).catch((error: unknown) => {
    // The node can still go at the control server; a host that is switched off must not block that.
    if (!removable || !isMeshError(error)) throw error;
    return error;
  });
  const removed = removable && (await removeAtServer(target, nodeId));
  const notes = [
    ...(isMeshError(onHost) ? [`its client was not logged out: ${onHost.detail}`] : []),
    ...(onHost === "foreign" ? ["the host is in another network by now, and was left there"] : []),
    ...(onHost === "unconfirmed" ? [UNCONFIRMED] : []),
    ...((onHost === "logged-out" || onHost === "unconfirmed") && !removed ? [staysListed(nodeId)] : []),
  ];
  return {
    outcome: removed ? "removed" : onHost === "absent" || onHost === "foreign" ? "absent" : "logged-out",
    ...(notes.length === 0 ? {} : { staysBehind: `${host}: ${notes.join("; ")}` }),
  };
}

/** Takes back a login of this handler call: whatever network it went to. */
export async function undoJoin(target: Target, nodeId: string | undefined): Promise<void> {
  await logout(target);
  await removeAtServer(target, nodeId);
}

const UNCONFIRMED =
  "it was told to log out over the mesh itself, and cannot be reached any more, as it should be: that it did could not be confirmed";

function staysListed(nodeId: string | undefined): string {
  const node = nodeId === undefined ? "the node" : `the node ${nodeId}`;
  return `${node} is logged out, but stays listed at the control server, which may refuse to let it join again: delete it there, or set api_key_env so that this is done for you`;
}

async function removeFormer({ host, api, network }: Target, nodeId: string | undefined): Promise<LeftReport> {
  if (api !== undefined && nodeId !== undefined && (await api.deleteNode(nodeId)))
    return { outcome: "removed" };
  const node = nodeId === undefined ? "its former node" : `its former node ${nodeId}`;
  return {
    outcome: "absent",
    staysBehind: `${host} has moved; ${node} stays listed at ${network.loginServer} until it is deleted there`,
  };
}

async function removeAtServer({ ctx, api }: Target, nodeId: string | undefined): Promise<boolean> {
  if (api === undefined || nodeId === undefined) return false;
  ctx.progress("removing the node at the control server");
  await api.deleteNode(nodeId);
  return true;
}

async function leaveOnHost(
  target: Target,
  { nodeId, how }: Pick<EnsureLeftOptions, "nodeId" | "how">,
): Promise<"logged-out" | "absent" | "foreign" | "unconfirmed"> {
  const { host, ctx, network } = target;
  const facts = await target.facts();
  // It shows no node, and would be back with its login; the client forgets that also without the control server.
  const unseen = cutOff(target, facts) !== undefined;
  const ours = mismatch(network, facts) === undefined && isNode(facts, host, nodeId);
  if (isLoggedIn(facts) && !ours) return "foreign";
  if (isLoggedIn(facts) && ridesMesh(facts))
    return leaveOverTheMesh(target, how === "uninstall" ? uninstallStep(host, facts) : undefined);
  const outcome = isLoggedIn(facts) || unseen ? await logout(target) : "absent";
  if (how === "uninstall") await uninstallClient(ctx, host);
  return outcome;
}

/** The node that we joined; before its id was recorded (a join that broke off), the one with the declared name. */
function isNode({ status, prefs }: HostFacts, host: string, nodeId: string | undefined): boolean {
  return nodeId === undefined ? prefs?.Hostname === host : status?.Self?.ID === nodeId;
}

async function logout({ host, ctx, run }: Target): Promise<"logged-out"> {
  ctx.progress("logging out");
  const { output, facts } = await run({ label: "logout", script: LOGOUT });
  if (!isLoggedIn(facts)) return "logged-out";
  throw new MeshError({
    kind: "join-failed",
    host,
    message: `the node did not log out: ${output.trim().split("\n")[0] ?? ""}`,
    remedy: "Run `tailscale logout` on the host, then run `pulumi destroy` again.",
  });
}
