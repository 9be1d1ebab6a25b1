/** The scripts that install the client, start it and take it away: a file each beside this one, which says what it does and takes. */
import { readScript } from "../../../shell-scripts";

export const INSTALL_SCRIPTS = [
  "apk",
  "apt",
  "cancel-login",
  "dnf",
  "pacman",
  "push",
  "reset-state",
  "start-daemon",
  "tarball",
  "uninstall",
  "zypper",
] as const;

/** The text of a script, for `sh -c`; it ends with a probe and prints progress with `say`. */
export function installScript(name: (typeof INSTALL_SCRIPTS)[number]): string {
  return readScript(`providers/tailnet/install/${name}.sh`);
}
