/** What the tailscaled that runs on a host was started with, and where that is written, as its own root sees it. */
import type { Lab } from "../../../lab";
import { onHost } from "./lab";

export const SETTINGS_FILE = "/etc/default/tailscaled-pulumi-mesh";
export const DROP_INS = "/etc/systemd/system/tailscaled.service.d";

/** Reads them on one host with systemd; `sh` runs a script there. */
export function tailscaledOn(lab: () => Lab, host: string) {
  const sh = (script: string) => onHost(lab(), host, "bash", "-c", script);
  return {
    sh,
    commandLine: () => sh(`tr '\\0' ' ' </proc/$(systemctl show -P MainPID tailscaled)/cmdline`),
    environment: () => sh(`tr '\\0' '\\n' </proc/$(systemctl show -P MainPID tailscaled)/environ`),
    pid: () => sh("systemctl show -P MainPID tailscaled"),
    listens: (port: number) => sh(`ss -Hlunp "sport = :${port}"`),
    /** The files of ours that are there. */
    files: () =>
      sh(`ls -d ${SETTINGS_FILE}* ${DROP_INS}/*pulumi* /var/lib/pulumi-mesh/undo* 2>/dev/null; true`),
  };
}
