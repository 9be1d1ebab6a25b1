/** Pure: what is wrong with what a host has tailscaled started with. */
import type { DaemonSettings, NetworkProvider } from "../providers";
import type { ValidationIssue } from "../validation";

/** With places in it; of a provider that knows no `daemon` that itself is the mistake: nothing is ignored. */
export function cannotStart(
  provider: Pick<NetworkProvider, "id" | "checkDaemon">,
  daemon: DaemonSettings | undefined,
): readonly ValidationIssue[] {
  if (daemon === undefined) return [];
  return (
    provider.checkDaemon?.(daemon) ?? [
      { path: [], message: `the network provider ${provider.id} starts no daemon; leave it out` },
    ]
  );
}
