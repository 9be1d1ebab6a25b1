/** Reads what we have tailscaled started with, and how much of it is in force. */
import type { DaemonStatus } from "../probe/daemon";
import { probeOptions } from "../run";
import type { Target } from "../target";

/** One exec where the last script did not look: those that install a client, start a daemon or wait for it do not. */
export async function readDaemon(target: Target): Promise<DaemonStatus | undefined> {
  const { daemonSettings } = await target.facts();
  if (daemonSettings === undefined || daemonSettings.lacks !== undefined) return daemonSettings;
  return (await target.run(probeOptions(false))).facts.daemonSettings;
}
