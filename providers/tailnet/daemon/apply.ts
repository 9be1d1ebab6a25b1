/** Has tailscaled started with what is declared. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { StartedWith } from "../../../daemon";
import { ridesMesh } from "../guard/rides-mesh";
import type { Guard } from "../guard/types";
import { whyNotStarted } from "../install/why-not-started";
import type { RunReport } from "../run";
import { hostScript } from "../scripts";
import { UNDO_DAEMON } from "../scripts/constants";
import type { Target } from "../target";
import { daemonDifferences, lackOf } from "./compare";

/** Two starts, and two waits for the node. */
const TIMEOUT_MS = 180_000;

const GUARD: Guard = { change: "starting tailscaled with other settings", restore: [UNDO_DAEMON] };

/** Exit codes of the script. */
const UNKNOWN_SERVICE = 3;
const STAYED_DOWN = 2;

/** One exec, which a keeper can take back where the connection is one that the restart can cut. Throws install-failed where tailscaled does not come back so. */
export async function applyDaemon(
  { host, ctx, facts, run }: Target,
  wanted: StartedWith | undefined,
): Promise<void> {
  ctx.progress("starting tailscaled with other settings");
  const { port, flags = [], env = {} } = wanted ?? {};
  const assignments = Object.entries({ ...(port === undefined ? {} : { PORT: port }), ...env });
  const settings =
    wanted === undefined ? [] : [flags.join(" "), ...assignments.map(([name, value]) => `${name}=${value}`)];
  const report = await run({
    label: "daemon",
    script: hostScript("daemon"),
    args: [ridesMesh(await facts()) ? "keep" : "", ...settings],
    timeoutMs: TIMEOUT_MS,
    guard: GUARD,
  });
  if (report.code !== 0) throw refused(host, wanted, report);
  const still = daemonDifferences(report.facts.daemonSettings, wanted);
  if (still.length > 0) throw failed(host, still.join("; "));
}

function refused(host: string, wanted: StartedWith | undefined, report: RunReport): MeshError {
  if (report.code === UNKNOWN_SERVICE)
    return failed(
      host,
      "nobody here knows how its service could be told what tailscaled is started with",
      "Take `daemon` off the host, and set it in the service that somebody made there.",
    );
  const failedAt = (report.sections.get("failed") ?? "").split("\n").filter(Boolean);
  const lacks = failedAt.map((line) => lackOf(excerpt(line, { max: 200 }), wanted ?? {}));
  const why = [...lacks, ownWords(report.output)].filter(Boolean).join("; ");
  const now =
    report.code === STAYED_DOWN
      ? "does not start with the former settings either"
      : "runs with the former settings again";
  return failed(host, `tailscaled did not start as declared, and ${now}: ${why || "it printed no reason"}`);
}

/** What tailscaled says of a port that it does not get, which is no reason for it to end. */
const TAKEN = /unable to bind.*/i;

/** Empty where it is of no use. */
function ownWords(output: string): string {
  const words = whyNotStarted(output) ?? TAKEN.exec(output)?.[0];
  return words === undefined ? "" : `it printed: ${excerpt(words, { max: 300 })}`;
}

function failed(host: string, message: string, remedy = REMEDY): MeshError {
  return new MeshError({ kind: "install-failed", host, message, remedy });
}

const REMEDY =
  "Correct `daemon` of the host (a port that is free there, flags and variables that its tailscaled takes), then run `pulumi up` again.";
