/** Installs static binaries from a tarball on this machine, sent over the connection: the host needs no network. */
import semver from "semver";
import { tarballArchitecture } from "./architecture";
import { findFloor } from "./floor";
import { unknownMachine } from "./tarball";
import { findTarballs, readTarball } from "./tarball-files";
import { INSTALL_PUSHED } from "./tarball-scripts";
import type { InstallWay, Unfit } from "./way";

const REMEDY = "Put the tarball there, as https://pkgs.tailscale.com/stable/#static has it, and run again.";

export const push: InstallWay = {
  name: "pushed tarball",
  plan(facts, install) {
    const { path = "", version } = install;
    const arch = tarballArchitecture(facts.arch);
    if (arch === undefined) return unknownMachine(facts);
    const found = findTarballs(path);
    if (!found.ok) return unfit(found.reason);
    const file = found.files.find(
      (each) => each.arch === arch && (version === undefined || each.version === version),
    );
    const wanted = `${version ?? "any version"} for ${arch}`;
    if (file === undefined) return unfit(`install.path ${path} has no tarball of ${wanted}`);
    const floor = findFloor(facts, install);
    if (floor !== "" && semver.lt(file.version, floor))
      return unfit(`the newest tarball for ${arch} in install.path is ${file.version}, below ${floor}`);
    const read = readTarball(file);
    if (!read.ok) return unfit(read.reason);
    const args = [file.name, file.version, read.sha256];
    return { ok: true, step: { script: INSTALL_PUSHED, args, stdin: read.bytes, upload: file.name } };
  },
};

function unfit(reason: string): Unfit {
  return { ok: false, kind: "install-failed", reason, remedy: REMEDY };
}
