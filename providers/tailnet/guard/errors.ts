/** The errors of a guarded step, each with what to do about it. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { ExecResult } from "../../../transport";
import { BESIDE_THE_MESH } from "./reachable";
import type { Guard } from "./types";

/** An answer takes the new way, and not the one that the question came. */
const REROUTED =
  "Set the host's connection to its address in the mesh, keep its local network reachable (flag exit-node-allow-lan-access), or leave this setting as it was; then run `pulumi up` again.";

/** Why a step was not begun, by the verdict of GUARDED, and what to do. */
const NOT_BEGUN: ReadonlyMap<string | undefined, readonly [why: string, remedy: string]> = new Map([
  [
    "unprepared",
    [
      "the host has no folder for it that is root's alone (/run/pulumi-mesh)",
      "See on the host what keeps root from making /run/pulumi-mesh, or who made it; then run `pulumi up` again.",
    ],
  ],
  [
    "undetached",
    [
      "it can cut the connection, and the host has no `setsid`, without which nothing there could undo it",
      "Install util-linux (or BusyBox with setsid) on the host, then run `pulumi up` again.",
    ],
  ],
  [
    "unbegun",
    [
      "the host did not start what would undo it",
      "See on the host whether `setsid true` and `systemd-run --scope true` work there for root, then run `pulumi up` again.",
    ],
  ],
]);

/** For a step that stays: nothing about it has to be undone by hand. */
const OUT_OF_REACH =
  "See whether the host's connection leads there still; one to an address outside the mesh is not cut by this. Then run `pulumi up` again.";

export function guardErrors(host: string, { change, reroutes, remedy: own, stays }: Guard) {
  const remedy = own ?? (stays !== undefined ? OUT_OF_REACH : reroutes === true ? REROUTED : BESIDE_THE_MESH);
  const restores = stays ?? "the host restores its former settings by itself";
  const wouldLockOut = (message: string) => new MeshError({ kind: "would-lock-out", host, message, remedy });
  const lost = () =>
    wouldLockOut(
      `after ${change} the host was gone, and does not say what became of it (was it restarted?${stays === undefined ? " Then it undoes it at boot, if it has systemd" : ""})`,
    );
  return {
    /** No connection came about any more, or none that lasted. */
    gone: (cause?: unknown) =>
      new MeshError({
        kind: "host-unreachable",
        host,
        message: `the connection was lost after ${change} and did not come about again; ${restores}`,
        remedy: `Run \`pulumi up\` again in a minute. ${remedy}`,
        cause,
      }),

    /** The connection was cut, and the host knows nothing of the step. */
    neverBegun: () =>
      new MeshError({
        kind: "host-unreachable",
        host,
        message: `the connection was lost before ${change} was seen to begin`,
        remedy: "See whether the host's network is stable, then run `pulumi up` again.",
      }),

    /** The script ended without the step being done. */
    notDone: (verdict: string | undefined, { code, stderr }: ExecResult) => {
      if (verdict === "lost") return lost();
      const [why, what] = NOT_BEGUN.get(verdict) ?? [
        `what follows it ended early (exit ${code}): ${excerpt(stderr, { from: "end" }) || "no output"}; ${stays ?? "what it may have changed the host undoes by itself"}`,
        "Log in to the host and see whether `sh` works there for root, then run `pulumi up` again in a minute.",
      ];
      const message = `${change} was not ${NOT_BEGUN.has(verdict) ? "begun" : "seen to its end"}: ${why}`;
      return new MeshError({ kind: "not-permitted", host, message, remedy: what });
    },

    /** Nobody knows whether the host heard that it was reached. */
    unconfirmed: (cause: unknown) =>
      new MeshError({
        kind: "host-unreachable",
        host,
        message: `the connection was lost while ${change} was confirmed: ${stays ?? "the host keeps it, or restores its former settings by itself"}`,
        remedy: "Run `pulumi up` again in a minute.",
        cause,
      }),

    /** By the verdict of CONFIRM. */
    notKept: (verdict: string | undefined) => {
      if (verdict !== "restored") return lost();
      return wouldLockOut(
        stays === undefined
          ? `after ${change} the host could not be reached any more, and has restored its former settings`
          : `after ${change} the host could not be reached in time; ${stays}`,
      );
    },
  };
}
