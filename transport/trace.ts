/**
 * The trace: when the environment variable PULUMI_MESH_TRACE names a file, what happened on each host is appended to
 * it, one JSON object a line. For finding out what a slow or failing `pulumi up` does, and for tests that count round
 * trips. A line is one of
 *
 *     {"event":"connect","host":"web-1","roundTrips":6,"ms":48}
 *         a dial that succeeded: a connection was opened; with "at", by this address of the host in the mesh
 *     {"event":"connect-jump","host":"web-1","roundTrips":6,"ms":31}
 *         the same, to the jump host on the way
 *     {"event":"exec","host":"web-1","label":"probe","code":0,"roundTrips":2,"ms":9}
 *         a command; code is null when it did not end itself, then "error" holds the kind of the error
 *
 * Round trips: how often something came from the host after something was sent there; the system's own `ssh` does not tell.
 *
 * This machine (`local`) needs no connection. Never argv, stdin, output or an error's text: those may hold what is not ours to write down.
 */
import { appendFileSync } from "node:fs";
import type { Environment } from "./types";

/** The variable that names the file. */
export const TRACE_VARIABLE = "PULUMI_MESH_TRACE";

export type TraceEvent =
  | {
      readonly event: "connect" | "connect-jump";
      readonly host: string;
      readonly roundTrips?: number;
      readonly ms: number;
      readonly at?: string;
    }
  | {
      readonly event: "exec";
      readonly host: string;
      readonly label: string;
      readonly code: number | null;
      readonly error?: string;
      readonly roundTrips?: number;
      readonly ms: number;
    };

export type Trace = (event: TraceEvent) => void;

/** Where to write what happens; does nothing when the variable is not set. */
export function traceTo(env: Environment): Trace {
  const file = env[TRACE_VARIABLE];
  if (file === undefined || file === "") return () => undefined;
  return (event) => {
    try {
      appendFileSync(file, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    } catch {
      // A trace that cannot be written must not break what is traced.
    }
  };
}

/** Whole milliseconds since `start`, a value of `performance.now()`. */
export function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
