/** What an API says of one node: "not found" is not "gone", and another node's record is no answer. */
import type { MeshError } from "../../errors";
import type { ApiNode } from "./api";
import type { HttpClient } from "./http";

/** After the API's own "no such node": undefined when its list agrees. Throws control-server when the node is listed. */
export function confirmGone(
  http: HttpClient,
  server: string,
  nodeId: string,
  listed: readonly string[],
): undefined {
  if (!listed.includes(nodeId)) return undefined;
  throw http.error(
    "control-server",
    `${server} says that there is no node ${nodeId}, and lists it`,
    "Look at the node there: it may have come back just now, or be shared from another network. Then run the command again.",
  );
}

/** The record, when it is that of the node asked for. Throws control-server when it is not. */
export function confirmMeant(http: HttpClient, server: string, nodeId: string, node: ApiNode): ApiNode {
  if (node.nodeId === nodeId) return node;
  throw http.error(
    "control-server",
    `${server} was asked for the node ${nodeId} and answered with the node ${node.nodeId}`,
    "Check that no cache or proxy answers in the control server's place, then run the command again.",
  );
}

/** For a change that came too late: the API's own words for a node that is not there. */
export function goneMeanwhile(http: HttpClient, server: string, what: string): MeshError {
  return http.error(
    "control-server",
    `${server} did not ${what}: there is no such node by now`,
    "See who removed it there, then run the command again.",
  );
}
