/** Pure: whether a client without a login was taken out of the mesh, or is only in no state to tell. */
import { excerpt } from "../../../excerpt";
import type { HostFacts } from "../probe/facts";
import { isStale } from "../probe/node";

/** True only for a daemon that answers, and has neither a login nor an id. */
export function isGone(facts: HostFacts): boolean {
  const { status } = facts;
  if (status?.BackendState !== "NeedsLogin" || isStale(facts)) return false;
  return status.HaveNodeKey !== true && status.Self?.ID === undefined;
}

/** What is the matter with a client that shows no login and may have one: a sentence. */
export function whyNotJoined(facts: HostFacts): string {
  const { client, status } = facts;
  if (client === undefined) return "the tailscale client is not on PATH";
  if (status === undefined) return "tailscaled is not running, so nothing is known of the node";
  const said = excerpt((status.Health ?? []).join("\n"), { lines: 3, max: 400 });
  if (isStale(facts)) return "the client was logged out, and goes on as the node that it was";
  if (status.Self?.ID !== undefined) return `the node's key has expired${said === "" ? "" : ` (${said})`}`;
  return `the client is in the state ${status.BackendState}${said === "" ? "" : ` (${said})`}`;
}
