/** The most connections that this process may hold: what the user says, and what the machine has room for. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { MeshError } from "../errors";
import type { Environment } from "./types";

/** The variable that bounds how many connections are open at once. */
export const CONNECTIONS_VARIABLE = "PULUMI_MESH_CONNECTIONS";

/** More at once were never faster. */
const MOST = 256;
/** Open files for all else, and for one connection: a system's ssh has pipes, and a second process for each command. */
const FILES_APART = 64;
const FILES_EACH = 4;
/** Bytes for one connection, a whole probe's answer included; all of them take a quarter of the memory at most. */
const MEMORY_EACH = 2 ** 21;
const MEMORY_SHARE = 1 / 4;
/** Whatever the memory, so many do no harm. */
const ALWAYS = 16;

export interface Room {
  /** Open files that are allowed; undefined where the system does not tell. */
  readonly files?: number;
  /** Bytes of memory that this process may have: what is free just now says little, for caches give way. */
  readonly memory: number;
}

/** Throws invalid-config when the variable is no number from 1 on. */
export function mostConnections(env: Environment, room: Room = roomHere()): number {
  const given = env[CONNECTIONS_VARIABLE]?.trim() ?? "";
  if (given !== "" && !/^[1-9]\d{0,5}$/.test(given))
    throw new MeshError({
      kind: "invalid-config",
      message: `${CONNECTIONS_VARIABLE} is no number of connections`,
      remedy: "Set it to a whole number from 1 on, or leave it out.",
    });
  const byFiles = room.files === undefined ? MOST : (room.files - FILES_APART) / FILES_EACH;
  const byMemory = Math.max(ALWAYS, (room.memory * MEMORY_SHARE) / MEMORY_EACH);
  const bounds = given === "" ? [MOST, byFiles, byMemory] : [Number(given), byFiles];
  return Math.max(1, Math.floor(Math.min(...bounds)));
}

function roomHere(): Room {
  const limit = process.constrainedMemory(); // 0 without one
  return { files: openFiles(), memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem() };
}

/** Of Linux only; elsewhere Node raises its own limit to thousands. */
function openFiles(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
