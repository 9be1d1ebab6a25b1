/** The lab's control server: starting and stopping it, and its own command line. */
import { request } from "node:https";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../error";
import { labNames } from "../network/names";
import { controlAddress, type Subnet } from "../network/subnet";
import { toolPath } from "../prepare/tools";
import type { LabPaths } from "../paths";
import { run } from "../system/command";
import { configure, ensureStarted, ensureStopped, isRunning, type Daemon } from "../system/daemon";
import { writeAtomic } from "../system/files";
import { awaitUntil } from "../system/wait";
import { buildHeadscaleConfig, buildPolicy, USER } from "./config";
import { type HeadscaleRelease, headscaleTool } from "./releases";

/** What a lab's control server is: its files, and which release of Headscale it runs. */
export interface ControlServer {
  readonly paths: LabPaths;
  readonly release: HeadscaleRelease;
}

function program({ release }: ControlServer): string {
  return toolPath(headscaleTool(release));
}

/** How the control server is found again, of whatever release it is. */
export function headscaleIdentity(paths: LabPaths): Pick<Daemon, "identity"> {
  return { identity: ["serve", "--config", paths.headscaleConfig] };
}

function headscaleDaemon(server: ControlServer): Daemon {
  const { identity } = headscaleIdentity(server.paths);
  return {
    argv: [program(server), ...identity],
    identity,
    logFile: join(server.paths.headscale, "headscale.log"),
  };
}

/** Starts Headscale unless it runs, and waits until it answers over https. */
export async function ensureHeadscale(lab: string, subnet: Subnet, server: ControlServer): Promise<void> {
  const { paths } = server;
  const daemon = headscaleDaemon(server);
  await configure(daemon, paths.headscaleConfig, buildHeadscaleConfig(lab, subnet, paths));
  await ensureStarted(daemon);
  const ca = await readFile(paths.caFile, "utf8");
  await awaitUntil(`an answer of Headscale (its log: ${daemon.logFile})`, 30_000, async () => {
    if (!(await isRunning(daemon))) throw new LabError("Headscale has ended by itself");
    return (await isHealthy(lab, subnet, ca)) ? true : undefined;
  });
}

export async function stopHeadscale(paths: LabPaths): Promise<void> {
  await ensureStopped(headscaleIdentity(paths));
}

/** Creates the user that keys belong to, and sets the policy. Repeating it changes nothing. */
export async function ensureUserAndPolicy(server: ControlServer): Promise<void> {
  const users = z
    .array(z.object({ name: z.string() }))
    .nullable()
    .parse(await headscale(server, ["users", "list"]));
  if (!users?.some(({ name }) => name === USER)) await headscale(server, ["users", "create", USER]);
  const { policy } = server.paths;
  await writeAtomic(policy, buildPolicy());
  await headscale(server, ["policy", "set", "--file", policy]);
}

/** Runs the headscale command line against this lab's server, and returns what it says as JSON. */
export async function headscale(server: ControlServer, args: readonly string[]): Promise<unknown> {
  if (!(await isRunning(headscaleIdentity(server.paths))))
    throw new LabError(
      "the lab's control server is not running",
      "Start it: `npm run lab -- control start`.",
    );
  const argv = [
    program(server),
    "--config",
    server.paths.headscaleConfig,
    "--output",
    "json",
    "--force",
    ...args,
  ];
  const { code, stdout, stderr } = await run(argv, { deadline: 30_000 });
  if (code !== 0) throw new LabError(`headscale ${args.join(" ")}: ${(stderr || stdout).trim()}`);
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    return stdout.trim();
  }
}

/** Asks the health endpoint by address, so that it works before this machine resolves the name. */
export function isHealthy(lab: string, subnet: Subnet, ca: string): Promise<boolean> {
  const { controlServer } = labNames(lab);
  return new Promise((resolve) => {
    const options = {
      host: controlAddress(subnet),
      servername: controlServer,
      path: "/health",
      ca,
      timeout: 2_000,
    };
    const call = request({ ...options, headers: { host: controlServer }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy(new Error("timed out")));
    call.on("error", () => resolve(false));
    call.end();
  });
}
