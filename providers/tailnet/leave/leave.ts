/** Ensures that a host is no node any more: logged out, and deleted at the control server where an API can do it. */
import { isMeshError } from "../../../errors";
import type { Declaration, EnsureLeftOptions, LeftReport, RecordedMembership } from "../../contract";
import type { ProvenNode } from "../../control-server/proof";
import { isHeldBySibling } from "../identity/prove";
import type { Target } from "../target";
import { provenAtServer, removeAtServer } from "./at-server";
import { leaveOnHost, type OnHost } from "./on-host";
import { withdrawRoutes } from "./routes";

/** What became of the host, one that could not be reached among them. */
type Outcome = OnHost | { readonly how: "unreached"; readonly why: string };

/** Whether the node is gone at the control server, and why not, if anything went wrong there. */
interface Removal {
  readonly removed: boolean;
  readonly trouble?: string;
}

/**
 * With the API the node goes also when the host is gone; without it the host has to be reached to log out. The API is asked
 * first: when it does not answer, nothing is changed. A host that another declaration holds is left alone.
 */
export async function leave(target: Target, options: EnsureLeftOptions): Promise<LeftReport> {
  const { host, network } = target;
  const { recorded, moved, how = "remove" } = options;
  if (moved === true) return removeFormer(target, recorded);

  const proof = how === "logout" ? undefined : await provenAtServer(target, recorded);
  const shared = recorded !== undefined && isHeldBySibling(options, recorded.nodeId, network.knownAs);
  const node = proof?.ok === true && !shared ? proof.node : undefined;
  const onHost = await leaveOnHost(target, options).catch((error: unknown): Outcome => {
    // The node can still go at the control server; a host that is switched off must not block that.
    const settled = node !== undefined || (proof?.ok === false && proof.why === "gone");
    if (!settled || !isMeshError(error)) throw error;
    return { how: "unreached", why: error.detail };
  });
  if (onHost.how === "held") return heldReport(host, onHost.by, onHost.givenBack);

  const removal = await removeNode(target, node ?? shownBy(onHost));
  const gone = removal.removed || (proof?.ok === false && proof.why === "gone");
  const notes = [
    ...hostNotes(onHost),
    ...(how === "logout" ? await withdrawRoutes(target, options) : []),
    ...(shared ? ["another declaration of the program holds its node, which was left"] : []),
    ...(proof?.ok === false && proof.why === "doubt"
      ? [`nothing was removed at the control server: ${proof.doubt}`]
      : []),
    ...(!gone && !shared && proof?.ok !== false ? serverNotes(target, options, onHost, removal) : []),
  ];
  const wasThere = onHost.how === "logged-out" || onHost.how === "unconfirmed";
  return {
    outcome: removal.removed ? "removed" : wasThere ? "logged-out" : "absent",
    ...(notes.length === 0 ? {} : { staysBehind: `${host}: ${notes.join("; ")}` }),
  };
}

/** The node that the host was, where nothing was recorded. */
const shownBy = (onHost: Outcome) => ("shown" in onHost ? onHost.shown : undefined);

/** A host that has left stays so, whatever the control server says. */
async function removeNode(target: Target, node: ProvenNode | undefined): Promise<Removal> {
  if (node === undefined) return { removed: false };
  try {
    await removeAtServer(target, node);
    return { removed: true };
  } catch (error) {
    if (isMeshError(error)) return { removed: false, trouble: error.detail };
    throw error;
  }
}

function heldReport(host: string, by: Declaration, givenBack: boolean): LeftReport {
  const what = givenBack
    ? `${host} was given back to ${by.label}, from which it had been taken over: it stays joined (if that stack is gone for good, \`tailscale logout\` on the host takes it out)`
    : `${host} is held by ${by.label} by now: it was left as it is`;
  return { outcome: "left", staysBehind: what };
}

function hostNotes(onHost: Outcome): string[] {
  switch (onHost.how) {
    case "held":
      return [];
    case "unreached":
      return [`its client was not logged out: ${onHost.why}`];
    case "foreign":
      return [`the host is ${onHost.what} by now, and was left there`];
    default: {
      const { how, trouble } = onHost;
      return [...(how === "unconfirmed" ? [UNCONFIRMED] : []), ...(trouble === undefined ? [] : [trouble])];
    }
  }
}

/** About a node that nobody removed: the host has left, so it is said, and no error. */
function serverNotes(
  { api }: Target,
  { recorded, how }: Pick<EnsureLeftOptions, "recorded" | "how">,
  onHost: Outcome,
  { trouble }: Removal,
): string[] {
  const node = recorded === undefined ? "the node" : `the node ${recorded.nodeId}`;
  if (trouble !== undefined) return [`${node} could not be removed at the control server: ${trouble}`];
  if (onHost.how === "unreached") return [];
  const cures =
    how === "logout"
      ? " (`onDestroy: remove` does that, with api_key_env)"
      : api === undefined
        ? ", or set api_key_env so that this is done for you"
        : "";
  const left = onHost.how === "logged-out" || onHost.how === "unconfirmed";
  if (left)
    return [
      `${node} is logged out, but stays listed at the control server unless it was ephemeral, and may be refused when it joins again: delete it there${cures}`,
    ];
  if (onHost.how === "foreign" || recorded === undefined) return [];
  return [
    `${node} may be listed at the control server still, which was not asked: look there, and delete it${cures}`,
  ];
}

const UNCONFIRMED =
  "it was told to log out over the mesh itself, and cannot be reached any more, as it should be: that it did could not be confirmed";

async function removeFormer(target: Target, recorded: RecordedMembership | undefined): Promise<LeftReport> {
  const { host, network } = target;
  const proof = await provenAtServer(target, recorded);
  if (proof?.ok === true) {
    await removeAtServer(target, proof.node);
    return { outcome: "removed" };
  }
  if (proof?.ok === false && proof.why === "gone") return { outcome: "removed" };
  const node = recorded === undefined ? "its former node" : `its former node ${recorded.nodeId}`;
  const why = proof?.ok === false && proof.why === "doubt" ? ` (${proof.doubt})` : "";
  return {
    outcome: "absent",
    staysBehind: `${host} has moved; ${node} stays listed at ${network.loginServer} until it is deleted there${why}`,
  };
}
