/** Starts and stops the package mirror's server of a lab. */
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { LabError } from "../error";
import { mirrorAddress, type Subnet } from "../network/subnet";
import type { Mirror } from "../prepare/mirror";
import type { LabPaths } from "../paths";
import { configure, ensureStarted, ensureStopped, type Daemon } from "../system/daemon";
import { projectRoot } from "../system/files";
import { awaitUntil } from "../system/wait";
import type { MirrorConfig } from "./config";

export function mirrorDaemon(paths: LabPaths): Daemon {
  // Always the compiled one: the lab may itself be running from its TypeScript source, which plain Node cannot load.
  const program = join(projectRoot(), "dist", "lab", "mirror", "server.js");
  const identity = ["--lab-mirror", paths.mirrorConfig];
  const logFile = join(dirname(paths.mirrorConfig), "server.log");
  return { argv: [process.execPath, program, ...identity], identity, logFile };
}

/** Serves the mirror on the lab's second address, unless that is being done. */
export async function ensureMirrorServer(mirror: Mirror, subnet: Subnet, paths: LabPaths): Promise<void> {
  const daemon = mirrorDaemon(paths);
  if (!existsSync(daemon.argv[1] ?? ""))
    throw new LabError("the lab is not compiled", "Run `npm run build` first.");
  const config: MirrorConfig = {
    root: mirror.root,
    address: mirrorAddress(subnet),
    port: 443,
    certificate: paths.serverCertificate,
    key: paths.serverKey,
    log: paths.mirrorLog,
  };
  await configure(daemon, paths.mirrorConfig, `${JSON.stringify(config, undefined, 2)}\n`);
  await ensureStarted(daemon);
  await awaitUntil(`the package mirror (its log: ${daemon.logFile})`, 15_000, () =>
    accepts(config.address, config.port),
  );
}

export async function stopMirrorServer(paths: LabPaths): Promise<void> {
  await ensureStopped(mirrorDaemon(paths));
}

function accepts(host: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (value?: true) => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", () => end(true));
    for (const event of ["error", "timeout"]) socket.once(event, () => end());
  });
}
