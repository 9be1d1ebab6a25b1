/** Installs the distribution's own package: pacman, apk. There are no others for them, so track and mirror mean nothing. */
import { INSTALL_APK, INSTALL_PACMAN } from "./distribution-scripts";
import { findFloor } from "./floor";
import type { InstallWay } from "./way";

export function distribution(manager: "pacman" | "apk"): InstallWay {
  return {
    name: `${manager} repository`,
    plan: (facts, install) => {
      const { version = "", track } = install;
      const key =
        track === "unstable" ? "track" : install.repository === undefined ? undefined : "repository";
      if (key !== undefined) {
        return {
          ok: false,
          kind: "invalid-config",
          reason: `install.${key} means nothing on ${facts.os.title}: its ${manager} packages are the distribution's own`,
          remedy: `Remove install.${key}, or set install.method to tarball.`,
        };
      }
      const floor = findFloor(facts, install);
      const refresh = facts.origin.package === undefined && floor === "" ? "" : "refresh";
      const script = manager === "pacman" ? INSTALL_PACMAN : INSTALL_APK;
      return { ok: true, step: { script, args: [version, refresh, floor] } };
    },
  };
}
