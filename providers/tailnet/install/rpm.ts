/** Installs from a repository of rpm packages in the official layout: dnf, yum, tdnf, zypper. */
import { ARCHIVE_KEY } from "./archive-key";
import { findFloor } from "./floor";
import { INSTALL_DNF, INSTALL_ZYPPER } from "./rpm-scripts";
import type { RpmManager } from "./systems";
import { type InstallWay, trackUrl } from "./way";

/** Of a repository directory: `fedora`, `opensuse/leap/15.6`. */
export function rpm(manager: RpmManager, path: string): InstallWay {
  return {
    name: `${manager} repository`,
    plan: (facts, install) => {
      const { track = "stable", version = "", repository_key = ARCHIVE_KEY } = install;
      const url = `${trackUrl(install)}/${path}`;
      const key = repository_key.trim();
      const args = [manager, url, `tailscale-${track}`, version, key, findFloor(facts, install)];
      return { ok: true, step: { script: manager === "zypper" ? INSTALL_ZYPPER : INSTALL_DNF, args } };
    },
  };
}
