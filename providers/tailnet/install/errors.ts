/** Pure: errors of installing, from what package managers print. */
import { MeshError } from "../../../errors";
import { causeOf } from "./causes";
import { excerpt } from "../../../excerpt";
import { whyNotStarted } from "./why-not-started";
import type { InstallSettings } from "./way";

const REPAIR = "Repair what it says on the host, then run `pulumi up` again: it goes on from here.";

/** The error for an installation that ended with an error; `output` is what the script printed. */
export function installFailed(
  host: string,
  way: string,
  output: string,
  install: InstallSettings,
): MeshError {
  const daemon = whyNotStarted(output);
  if (daemon !== undefined) return notStarted(host, daemon);
  const cause = causeOf(output, install, way);
  const what = cause?.what === undefined ? "" : `${cause.what}; `;
  return failed(host, `${what}the ${way} did not install it: ${lastLines(output)}`, cause?.remedy);
}

/** The error for an installation that went through, after which something is not as it has to be. */
export function notAsAsked(host: string, way: string, still: string, install: InstallSettings): MeshError {
  return failed(host, `after the installation, ${still}`, causeOf(still, install, way)?.remedy);
}

export function notStarted(host: string, why: string): MeshError {
  return failed(
    host,
    `tailscaled could not be started: ${why}`,
    causeOf(why, { method: "auto" }, "")?.remedy,
  );
}

export function failed(host: string, message: string, remedy = REPAIR): MeshError {
  return new MeshError({ kind: "install-failed", host, message, remedy });
}

export function skipped(host: string, text: string): MeshError {
  return failed(
    host,
    `${text}, and install.method is skip`,
    "Install and start the client on the host, or set install.method to auto.",
  );
}

/** A file that nobody accounts for is never removed: somebody put it there. */
export function inTheWay(host: string, file: string): MeshError {
  return failed(
    host,
    `${file} is in the way: neither a package nor we put it there, and it hides what would be installed`,
    "Remove it from the host and run again; or set install.method to skip, to go on with it.",
  );
}

/** Its daemon, socket and state are in other places, and a second client beside it would fight for the network device. */
export function isSnap(host: string, file: string): MeshError {
  return new MeshError({
    kind: "unsupported-os",
    host,
    message: `the client is a snap (${file}, with the service snap.tailscale.tailscaled), which is not driven`,
    remedy:
      "Remove it on the host (`snap remove tailscale`, which takes it out of its network), then run `pulumi up` again: the client is installed from packages.",
  });
}

const TELLING =
  /^(E:|W:|Err:|dpkg: error|Failed|error:|Error:|ERROR:|checksum mismatch|cannot fetch|curl:|wget:|- Signature verification|No provider|.*\(no such package\)|breaks:|WARNING: updating|\* ERROR|the newest version there)/;

/** Pure: the lines of a package manager's output that say what went wrong, at most 600 characters. */
export function lastLines(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const own = lines.filter((line) => line !== "");
  const errors = own.filter((line) => TELLING.test(line));
  const told = [...new Set(errors.length > 0 ? errors : own)].join("\n");
  return excerpt(told, { lines: 4, max: 600, from: "end" });
}
