/**
 * A client that has a login and, since its daemon started, has not reached the control server. It shows no node then and
 * says that it is logged out; yet it is no new host, and is back by itself as soon as the control server is.
 */
import type { MeshError } from "../../../errors";
import { classifyLogin } from "../probe/classify";
import { blameClock } from "../probe/clock";
import type { HostFacts } from "../probe/facts";
import { healthOf } from "../probe/node";
import type { Target } from "../target";
import { mismatch } from "./match";

/** Pure: the error to stop with; undefined for any other client, also one whose login is for another control server. */
export function cutOff({ host, network }: Target, facts: HostFacts): MeshError | undefined {
  const { status } = facts;
  if (status?.BackendState !== "NoState" || status.HaveNodeKey !== true) return undefined;
  if (mismatch(network, facts) !== undefined) return undefined;
  const error = classifyLogin(host, healthOf(facts), []);
  return error.kind === "control-server" ? blameClock(error, facts) : undefined;
}
