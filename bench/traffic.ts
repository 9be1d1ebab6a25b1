/** Counts what this process asks of a control server, where it leaves the process: `fetch`, which the package does not use, is not counted. */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";

export interface Traffic {
  calls: number;
  /** Those of the calls that list all nodes. */
  lists: number;
  /** Of the answers' bodies, as JSON. */
  bytes: number;
}

/** From now on; the object is counted up. */
export function countTraffic(): Traffic {
  const traffic: Traffic = { calls: 0, lists: 0, bytes: 0 };
  subscribe("http.client.response.finish", (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    traffic.calls++;
    if (request.method === "GET" && request.path === "/api/v1/node") traffic.lists++;
    response.on("data", (piece: Buffer) => (traffic.bytes += piece.length));
  });
  return traffic;
}
