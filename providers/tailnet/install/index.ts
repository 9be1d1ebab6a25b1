/** Ensures that the client is installed, on PATH, of the right version, and that its daemon is enabled and runs. */
import { MeshError } from "../../../errors";
import type { ProviderContext } from "../../contract";
import { daemonGuard } from "../guard/starts";
import type { Guard } from "../guard/types";
import { blameClock } from "../probe/clock";
import type { HostFacts } from "../probe/facts";
import { readFacts, run } from "../run";
import { installScript } from "./scripts";
import { chooseWay } from "./choose";
import { installFailed, inTheWay, isSnap, lastLines, notAsAsked, notStarted, skipped } from "./errors";
import { hasNoState, whatIsMissing } from "./missing";
import { uploadProgress } from "./upload";
import { installWarnings } from "./warnings";
import { whyNotStarted } from "./why-not-started";
import type { InstallSettings, Unfit } from "./way";

export { installedBy } from "./installed-by";
export { whatIsMissing } from "./missing";

const INSTALL_TIMEOUT_MS = 15 * 60_000;
/** A slow line needs its time for some 30 MB. */
const UPLOAD_TIMEOUT_MS = 60 * 60_000;

/** One probe when all is well; else one exec more, which installs or starts the daemon and probes again. */
export async function ensureClient(
  ctx: ProviderContext,
  host: string,
  install: InstallSettings,
  readServe = false,
): Promise<void> {
  const before = await readFacts(ctx, host, readServe);
  const missing = whatIsMissing(before, install);
  if (missing === undefined) return;
  if (before.origin.snap !== undefined) throw isSnap(host, before.origin.snap);
  if (install.method === "skip") throw skipped(host, missing.text);

  const after =
    missing.what === "daemon"
      ? await startDaemon(ctx, host, before)
      : await installClient(ctx, host, before, install);
  const still = whatIsMissing(after, install);
  if (still !== undefined) throw notAsAsked(host, `${after.origin.package} repository`, still.text, install);
  for (const warning of installWarnings(after)) ctx.warn(`${host}: ${warning}`);
}

async function installClient(
  ctx: ProviderContext,
  host: string,
  facts: HostFacts,
  install: InstallSettings,
): Promise<HostFacts> {
  const choice = chooseWay(facts, install);
  if (!choice.ok) throw unfit(host, choice);
  const { way, reason } = choice;
  const plan = way.plan(facts, install);
  if (!plan.ok) throw unfit(host, plan);
  if (facts.origin.foreign !== undefined) throw inTheWay(host, facts.origin.foreign);

  ctx.progress(`installing from the ${way.name} (${reason})`);
  const { upload, ...step } = plan.step;
  const report = await run(ctx, host, {
    label: "install",
    timeoutMs: upload === undefined ? INSTALL_TIMEOUT_MS : UPLOAD_TIMEOUT_MS,
    onSent: upload === undefined ? undefined : uploadProgress(upload, ctx.progress),
    guard: installGuard(facts, `the installation from the ${way.name}`),
    ...step,
  });
  if (report.code !== 0)
    throw blameClock(installFailed(host, way.name, report.output, install), report.facts);
  return report.facts;
}

/** Whatever becomes of the connection, the installation goes on to its end; and a daemon that it starts may reroute. */
function installGuard(facts: HostFacts, change: string): Guard {
  const starts = facts.status === undefined ? daemonGuard(facts, change) : undefined;
  return starts ?? { change, restore: [], stays: "what was installed stays" };
}

async function startDaemon(ctx: ProviderContext, host: string, facts: HostFacts): Promise<HostFacts> {
  ctx.progress("starting tailscaled");
  const args = [hasNoState(facts.status) ? "restart" : "start"];
  const guard = daemonGuard(facts, "starting tailscaled");
  const report = await run(ctx, host, {
    label: "start-daemon",
    script: installScript("start-daemon"),
    args,
    guard,
  });
  if (report.code !== 0) throw notStarted(host, whyNotStarted(report.output) ?? lastLines(report.output));
  return report.facts;
}

function unfit(host: string, { kind, reason, remedy }: Unfit): MeshError {
  return new MeshError({ kind, host, message: reason, remedy });
}
