/** Pure: what `reach` means for a host: whether it has a meaning, and which address in the mesh is dialled first. */
import type { ValidationIssue } from "../validation/issue";
import { toServed, type ServedPort } from "../serve";
import type { HostState } from "./state";

/** What a handler knows of a host before it is dialled. */
export type KnownHost = Pick<HostState, "connection" | "reach" | "hostKey"> & {
  readonly addresses?: readonly string[];
};

/**
 * The address in the mesh that is dialled before the connection; undefined where none is. A host whose key nobody knows is reached
 * by its connection alone: whoever answers in the mesh might be another one.
 */
export function meshAddressOf({ connection, reach, hostKey, addresses }: KnownHost): string | undefined {
  if (reach !== "mesh-first" || connection === "local") return undefined;
  if ((connection.hostKey ?? hostKey) === undefined) return undefined;
  const address = addresses?.[0];
  return address === connection.host && connection.proxy === undefined ? undefined : address;
}

/** This machine is dialled in no way; and at a port that the node serves somebody else would answer. */
export function reachIssues(
  reach: unknown,
  connection: unknown,
  served: readonly ServedPort[] = [],
): ValidationIssue[] {
  if (reach !== "mesh-first") return [];
  if (connection === "local")
    return [{ path: ["reach"], message: '"mesh-first" has no meaning where the connection is local' }];
  const { port = 22 } = (connection ?? {}) as { readonly port?: unknown };
  const taken = served.findIndex((each) => toServed(each).port === port);
  if (taken < 0) return [];
  const message = `port ${String(port)} is the one at which reach: mesh-first dials the host in the mesh; serve another one`;
  return [{ path: ["serve", taken], message }];
}
