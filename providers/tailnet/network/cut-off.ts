/**
 * A client that has a login and, since its daemon started, has not reached the control server. It shows no node then and
 * says that it is logged out, or stopped; yet it is no new host, and is back by itself as soon as the control server is.
 */
import type { MeshError } from "../../../errors";
import { classifyLogin } from "../probe/classify";
import { blameClock } from "../probe/clock";
import type { HostFacts } from "../probe/facts";
import { healthOf } from "../probe/node";
import type { Target } from "../target";
import { mismatch } from "./match";

/** Pure: false for any other client, also one whose login is for another control server. */
export function isCutOff(target: Target, facts: HostFacts): boolean {
  return whyCutOff(target, facts) !== undefined;
}

/** Pure. Throws control-server for a client that is cut off. */
export function mustNotBeCutOff(target: Target, facts: HostFacts): void {
  const error = whyCutOff(target, facts);
  if (error !== undefined) throw error;
}

function whyCutOff({ host, network }: Target, facts: HostFacts): MeshError | undefined {
  const { status, prefs } = facts;
  if (status?.HaveNodeKey !== true || prefs?.LoggedOut === true) return undefined;
  if (mismatch(network, facts) !== undefined) return undefined;
  if (status.BackendState !== "NoState") return undefined;
  const error = classifyLogin(host, healthOf(facts), []);
  return error.kind === "control-server" ? blameClock(error, facts) : undefined;
}

/** Pure: true for a node that is down, and whose client has forgotten which node it is since its daemon started. */
export function isDownUnseen({ network }: Target, facts: HostFacts): boolean {
  const { status, prefs } = facts;
  return (
    status?.BackendState === "Stopped" &&
    status.HaveNodeKey === true &&
    status.Self?.ID === undefined &&
    prefs?.LoggedOut !== true &&
    mismatch(network, facts) === undefined
  );
}
