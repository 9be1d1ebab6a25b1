/** Installs from an apt repository in the official layout: Debian, Ubuntu, and what is made from them. */
import { installScript } from "./scripts";
import { ARCHIVE_KEY } from "./archive-key";
import { findFloor } from "./floor";
import { type InstallSettings, type InstallWay, trackUrl } from "./way";

/** The file of the package `tailscale-archive-keyring`, which the client recommends: it renews the official key. */
const OFFICIAL_KEYRING = "/usr/share/keyrings/tailscale-archive-keyring.gpg";
/** That package would put the official key in the place of a mirror's own. */
const MIRROR_KEYRING = "/usr/share/keyrings/tailscale-mirror-keyring.gpg";

/** The file that holds the key of the repository, as apt reads it. */
export function keyringOf(install: Pick<InstallSettings, "repository_key">): string {
  return install.repository_key === undefined ? OFFICIAL_KEYRING : MIRROR_KEYRING;
}

/** Of a repository directory (`debian`) and one of its suites (`bookworm`). */
export function apt(path: string, suite: string): InstallWay {
  return {
    name: "apt repository",
    plan: (facts, install) => {
      const { version = "", repository_key = ARCHIVE_KEY } = install;
      const url = `${trackUrl(install)}/${path}`;
      const args = [
        url,
        suite,
        version,
        repository_key.trim(),
        findFloor(facts, install),
        keyringOf(install),
      ];
      return { ok: true, step: { script: installScript("apt"), args } };
    },
  };
}
