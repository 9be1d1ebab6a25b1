/** Takes the client off a host, whatever way it came: package, repository, key, service, files, and state. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { ProviderContext } from "../../contract";
import type { HostFacts } from "../probe/facts";
import { readFacts, run } from "../run";
import { installScript } from "./scripts";
import type { InstallStep } from "./way";

const UNINSTALL_TIMEOUT_MS = 10 * 60_000;

/**
 * Pure: the step that uninstalls; undefined when there is nothing to take off. Throws unsupported-os for a client that
 * neither a package nor we brought.
 */
export function uninstallStep(host: string, { client, origin, os }: HostFacts): InstallStep | undefined {
  if (origin.package !== undefined || origin.linked || origin.record !== undefined)
    return { script: installScript("uninstall"), args: [] };
  if (client === undefined) return undefined;
  throw new MeshError({
    kind: "unsupported-os",
    host,
    message: `no way to uninstall the client on ${os.title}: ${client.path} belongs to no package, and was not installed by us`,
    remedy: "Uninstall tailscale on the host yourself and set onDestroy to remove.",
  });
}

/** Does nothing when there is no client. Throws unsupported-os for one that is neither a package's nor ours. */
export async function uninstallClient(ctx: ProviderContext, host: string): Promise<void> {
  const step = uninstallStep(host, await readFacts(ctx, host));
  if (step === undefined) return;
  ctx.progress("uninstalling the client");
  const { output, facts } = await run(ctx, host, {
    label: "uninstall",
    timeoutMs: UNINSTALL_TIMEOUT_MS,
    ...step,
  });
  if (facts.client === undefined) return;
  throw new MeshError({
    kind: "install-failed",
    host,
    message: `the client is still at ${facts.client.path}: ${excerpt(output, { lines: 2, from: "end" })}`,
    remedy: "Remove what it says on the host, then run `pulumi destroy` again.",
  });
}
