/** What leaving does on the host, when it is this declaration's and still the node that was joined. */
import { isMeshError, MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { Declaration, EnsureLeftOptions } from "../../contract";
import type { ProvenNode } from "../../control-server/proof";
import { ridesMesh } from "../guard/rides-mesh";
import { giveBack, letGo, mayLogOut, otherHolder, type LogoutGrant } from "../identity/hold";
import { proveHost } from "../identity/prove";
import { installScript } from "../install/scripts";
import { uninstallClient, uninstallStep } from "../install/uninstall";
import { isCutOff, isDownUnseen } from "../network/cut-off";
import { mismatch } from "../network/match";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn, isStale } from "../probe/node";
import { dropUdpGro } from "../routes/udp-gro";
import type { Target } from "../target";
import { logout } from "./logout";
import { withdrawDaemon } from "./daemon";
import { withdrawServed } from "./serve";
import { leaveOverTheMesh } from "./over-the-mesh";

/** What became of the host. */
export type OnHost =
  | {
      readonly how: "logged-out" | "absent" | "unconfirmed";
      /** What went wrong after it had left: no reason to call that undone. */
      readonly trouble?: string;
      /** The node that it was, proven, where nothing was recorded. */
      readonly shown?: ProvenNode;
    }
  /** `what` it is by now, which is not ours to end. */
  | { readonly how: "foreign"; readonly what: string }
  | { readonly how: "held"; readonly by: Declaration; readonly givenBack: boolean };

export async function leaveOnHost(
  target: Target,
  {
    recorded,
    declaration,
    how,
    serve,
  }: Pick<EnsureLeftOptions, "recorded" | "declaration" | "how" | "serve">,
): Promise<OnHost> {
  const { host, network } = target;
  const facts = await target.facts();
  const holder = otherHolder(facts, declaration);
  if (holder !== undefined) {
    if (declaration !== undefined) await letGo(target, facts, declaration);
    return { how: "held", by: holder, givenBack: false };
  }
  const here = mismatch(network, facts) === undefined;
  const ours = here && isNode(facts, host, recorded?.nodeId);
  if (showsNode(facts) && !ours && !isDownUnseen(target, facts))
    return { how: "foreign", what: here ? anotherNode(facts) : "in another network" };
  if (recorded !== undefined && how !== "uninstall") mustAnswer(host, facts);
  const former = isLoggedIn(facts) ? await giveBack(target, facts, declaration) : undefined;
  if (former !== undefined) {
    await withdrawServed(target, serve);
    await withdrawDaemon(target);
    await dropUdpGro(target, {});
    return { how: "held", by: former, givenBack: true };
  }

  // What cannot be uninstalled is said before anything is changed.
  const after = how === "uninstall" ? uninstallStep(host, facts) : undefined;
  const grant = mayLogOut(facts, declaration);
  if (grant === undefined) return { how: "foreign", what: "held by another declaration" };
  if (isLoggedIn(facts) && ridesMesh(facts)) return { how: await leaveOverTheMesh(target, grant, after) };
  const proof =
    recorded === undefined && how !== "logout" && isLoggedIn(facts)
      ? await proveHost(target, undefined, facts)
      : undefined;
  const left = await forgetLogin(target, grant, facts);
  const trouble = how === "uninstall" ? await uninstall(target) : undefined;
  return {
    how: left ? "logged-out" : "absent",
    ...(trouble === undefined ? {} : { trouble }),
    ...(proof?.ok === true ? { shown: proof.node } : {}),
  };
}

const anotherNode = ({ status }: HostFacts) =>
  excerpt(`another node (${status?.Self?.ID}, ${status?.Self?.HostName})`, { max: 100 });

/** A login of ours that is on its disk comes back with the daemon. Throws join-failed. */
function mustAnswer(host: string, { client, status }: HostFacts): void {
  if (client === undefined || status !== undefined) return;
  throw new MeshError({
    kind: "join-failed",
    host,
    message: "tailscaled does not answer, so that its client cannot be logged out",
    remedy:
      "The login is on its disk, and is back as soon as it runs. Start it (`systemctl start tailscaled`) and run `pulumi destroy` again; or set onDestroy to keep and run `pulumi up` before, when the login shall stay.",
  });
}

/** A node that is in the mesh, or whose key has expired. */
function showsNode(facts: HostFacts): boolean {
  const { status } = facts;
  return isLoggedIn(facts) || (status?.BackendState === "NeedsLogin" && status.Self?.ID !== undefined);
}

/** True when there was a login to forget: a node that is shown, or one that is only not shown now. */
async function forgetLogin(target: Target, grant: LogoutGrant, facts: HostFacts): Promise<boolean> {
  const { status, prefs } = facts;
  const unseen = isCutOff(target, facts) || isDownUnseen(target, facts);
  if (showsNode(facts) || isStale(facts) || unseen) {
    await logout(target, grant, { forGood: true });
    return true;
  }
  // A login that failed, and that the client tries for ever.
  const trying = status?.BackendState === "NeedsLogin" && prefs?.WantRunning === true;
  if (trying && mismatch(target.network, facts) === undefined) {
    target.ctx.progress("ending a login that the client is still trying");
    await target.run({ label: "cancel-login", script: installScript("cancel-login") });
  }
  // Our files: the mark, and those of routes and of the daemon, which a create that broke off before the login leaves, too.
  const { mark, forwarding, udpGro, daemonSettings } = facts;
  if (mark !== undefined || forwarding.file || udpGro !== undefined || daemonSettings !== undefined)
    await logout(target, grant, { forGood: true });
  return false;
}

async function uninstall({ ctx, host }: Target): Promise<string | undefined> {
  try {
    await uninstallClient(ctx, host);
    return undefined;
  } catch (error) {
    if (isMeshError(error)) return withRemedy(error);
    throw error;
  }
}

const withRemedy = ({ detail, remedy }: MeshError) => `it has left, but ${detail}. ${remedy}`;

/** The node that we joined; before its id was recorded (a join that broke off), the one with the declared name. */
function isNode({ status, prefs }: HostFacts, host: string, nodeId: string | undefined): boolean {
  return nodeId === undefined ? prefs?.Hostname === host : status?.Self?.ID === nodeId;
}
