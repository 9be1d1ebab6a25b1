/** Installs static binaries, which the host fetches and checks against their checksum. */
import type { HostFacts } from "../probe/facts";
import { KNOWN_ARCHITECTURES, tarballArchitecture } from "./architecture";
import { findFloor } from "./floor";
import { INSTALL_TARBALL } from "./tarball-scripts";
import { type InstallWay, trackUrl, type Unfit } from "./way";

export const tarball: InstallWay = {
  name: "static tarball",
  plan(facts, install) {
    const arch = tarballArchitecture(facts.arch);
    if (arch === undefined) return unknownMachine(facts);
    if (facts.fetcher === undefined) {
      return {
        ok: false,
        kind: "unsupported-os",
        reason: "the host has neither curl nor wget to fetch the client with",
        remedy: "Install curl on the host, or set install.method to push and install.path to a tarball.",
      };
    }
    if (trackUrl(install).startsWith("http:")) return NOT_SAFE;
    const { version = "" } = install;
    const args = [trackUrl(install), arch, version, findFloor(facts, install)];
    return { ok: true, step: { script: INSTALL_TARBALL, args } };
  },
};

const NOT_SAFE: Unfit = {
  ok: false,
  kind: "invalid-config",
  reason: "install.repository must be https where the static tarball is used: nothing else vouches for it",
  remedy: "Give the mirror an https address, or set install.method to push.",
};

export function unknownMachine({ arch }: HostFacts): Unfit {
  return {
    ok: false,
    kind: "unsupported-os",
    reason: `there is no tarball for ${arch} that is known to work (there is one for ${KNOWN_ARCHITECTURES})`,
    remedy: "Install tailscale on the host yourself and set install.method to skip.",
  };
}
