/** The scripts that read and change a host's node: a file each beside this one, which says what it does and takes. */
import { readScript } from "../../../shell-scripts";

export const HOST_SCRIPTS = [
  "await-daemon",
  "await-node",
  "await-routes",
  "change",
  "confirm",
  "daemon",
  "farewell",
  "forget-profile",
  "forward",
  "forward-no-more",
  "guarded",
  "keeper",
  "leave",
  "login",
  "logout",
  "probe",
  "renew-key",
  "serve",
  "survey",
  "switch-back",
  "udp-gro",
  "udp-gro-no-more",
  "verify",
  "watch",
  "write-mark",
] as const;

/** The text of a script, for `sh -c`. */
export function hostScript(name: (typeof HOST_SCRIPTS)[number]): string {
  return readScript(`providers/tailnet/scripts/${name}.sh`);
}
