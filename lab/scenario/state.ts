/** What a lab remembers between commands: its hosts, and whose it is. Everything else follows from its name. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DEFAULT_RELEASE, HEADSCALE_RELEASES } from "../control/releases";
import { LabError } from "../error";
import { startTime } from "../system/processes";
import { writeAtomic } from "../system/files";
import { labPaths } from "../paths";
import { DEFAULT_PLAN, planSchema } from "./plan";

const hostSchema = z.object({
  name: z.string(),
  address: z.string(),
  image: planSchema.shape.image.default(DEFAULT_PLAN.image),
  tun: planSchema.shape.tun.default(DEFAULT_PLAN.tun),
});

const stateSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** The hosts asked for; `hosts` follows as soon as the network and with it the addresses are known. */
  wanted: z.union([
    z.array(planSchema),
    // A state from before there were several images has their number.
    z
      .number()
      .int()
      .transform((count) => Array.from({ length: count }, () => DEFAULT_PLAN)),
  ]),
  hosts: z.array(hostSchema),
  /** Which release of Headscale the control server is. */
  headscale: z.enum(HEADSCALE_RELEASES).default(DEFAULT_RELEASE),
  /** The process that made the lab for itself (a test run); a lab made from the command line belongs to nobody. */
  owner: z.object({ pid: z.number(), startTime: z.string() }).optional(),
});

export type LabState = z.infer<typeof stateSchema>;
export type LabHost = z.infer<typeof hostSchema>;

export function parseState(text: string, file: string): LabState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new LabError(
      `${file} is not a lab's state`,
      "Run `npm run lab -- down` with the lab's --name, then `up`.",
      error,
    );
  }
}

/** Undefined when there is no such lab. */
export async function loadState(lab: string): Promise<LabState | undefined> {
  const file = labPaths(lab).state;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseState(text, file);
}

export async function saveState(state: LabState): Promise<void> {
  await writeAtomic(labPaths(state.name).state, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** This process, in a form that survives the reuse of its pid. */
export async function thisProcess(): Promise<NonNullable<LabState["owner"]>> {
  return { pid: process.pid, startTime: (await startTime(process.pid)) ?? "" };
}

/** True when the process that made the lab for itself has ended. */
export async function isAbandoned(state: LabState): Promise<boolean> {
  return state.owner !== undefined && (await startTime(state.owner.pid)) !== state.owner.startTime;
}
