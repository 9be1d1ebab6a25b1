/** Takes the client off a host, whatever way it came: package, repository, key, service, files, and state. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { ProviderContext } from "../../contract";
import type { HostFacts } from "../probe/facts";
import { readFacts, run } from "../run";
import { FORWARDING_FILE } from "../scripts/forwarding-facts";
import { MARK_FILE } from "../scripts/machine";
import { REMOVERS } from "./remove";
import { INSTALLER } from "./steps";
import type { InstallStep } from "./way";

const UNINSTALL_TIMEOUT_MS = 10 * 60_000;

/** Removes the client of a package or of a tarball, and all that we wrote, then probes. */
export const UNINSTALL = `${INSTALLER}${REMOVERS}
lock
section run
{
  stop_service
  bring_back # of an installation that was cut
  drop_package purge
  if [ -e /var/lib/dpkg/info/tailscale.list ]; then dpkg --purge tailscale; fi # removed before, its configuration kept
  drop_ours
  drop_service
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  rm -rf /opt/tailscale /var/lib/tailscale /var/cache/tailscale /var/run/tailscale /var/run/tailscaled.pid
  rm -f ${MARK_FILE} ${FORWARDING_FILE}
  rmdir ${MARK_FILE.replace(/\/[^/]*$/, "")} 2>/dev/null
  rm -f /etc/default/tailscaled /etc/default/tailscaled.rpmsave /etc/default/tailscaled.pacsave /etc/conf.d/tailscale /var/log/tailscaled.log
} 2>&1
done_with 0
`;

/**
 * Pure: the step that uninstalls; undefined when there is nothing to take off. Throws unsupported-os for a client that
 * neither a package nor we brought.
 */
export function uninstallStep(host: string, { client, origin, os }: HostFacts): InstallStep | undefined {
  if (origin.package !== undefined || origin.linked || origin.record !== undefined)
    return { script: UNINSTALL, args: [] };
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
