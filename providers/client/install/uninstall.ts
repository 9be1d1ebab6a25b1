/** Takes the client off a host: package, repository, key, and state. */
import { MeshError } from "../../../errors";
import type { ProviderContext } from "../../contract";
import { readFacts, run } from "../run";
import { UNINSTALL_APT } from "./apt-scripts";

const UNINSTALL_TIMEOUT_MS = 10 * 60_000;

/** Does nothing when there is no client. Throws unsupported-os for one that no package manager of ours installed. */
export async function uninstallClient(ctx: ProviderContext, host: string): Promise<void> {
  const { client, packages, os } = await readFacts(ctx, host);
  if (client === undefined) return;
  if (packages !== "apt") {
    throw new MeshError({
      kind: "unsupported-os",
      host,
      message: `no way to uninstall the client on ${os.name}`,
      remedy: "Uninstall tailscale on the host yourself and set onDestroy to remove.",
    });
  }
  ctx.progress("uninstalling the client");
  const { output, facts } = await run(ctx, host, {
    label: "uninstall",
    script: UNINSTALL_APT,
    timeoutMs: UNINSTALL_TIMEOUT_MS,
  });
  if (facts.client === undefined) return;
  throw new MeshError({
    kind: "install-failed",
    host,
    message: `the client is still at ${facts.client.path}: ${output.trim().split("\n").slice(-2).join("; ")}`,
    remedy: "Remove what it says on the host, then run `pulumi destroy` again.",
  });
}
