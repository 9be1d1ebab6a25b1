/** What a machine shows of itself, and which of it a copy of its disk does not share. */
import type { Machine } from "../../contract";
import { parseAssignments } from "./sections";

export type { Machine };

/** Pure: the section `machine` of a probe. */
export function parseMachine(text: string): Machine {
  const values = parseAssignments(text);
  const value = (key: string) => values.get(key)?.toLowerCase() || undefined;
  return withoutAbsent({
    machineId: value("machine_id"),
    mac: value("mac"),
    dmi: value("dmi"),
    clientKey: value("client_key"),
  });
}

/** Pure: true when two hosts that are there at the same time are two machines, one perhaps a copy of the other. */
export function areTwoMachines(a: Machine, b: Machine): boolean {
  return differ(a.mac, b.mac) || differ(a.dmi, b.dmi) || differ(a.machineId, b.machineId);
}

/**
 * Pure: true when what was recorded may well be this machine, though later in its life: a network card, or the machine id,
 * was changed meanwhile, but not everything. An SSH host key speaks for one life, and one made anew not against it.
 */
export function isOneLife(before: Machine, now: Machine): boolean {
  if (!areTwoMachines(before, now)) return true;
  return (["machineId", "mac", "dmi", "hostKey"] as const).some((key) => same(before[key], now[key]));
}

/**
 * Pure: true when this machine is another one than the marked one. The same product with the same machine id is the same
 * machine with another network card; where no product is told, a copied disk looks like that, too, and is taken for one.
 */
export function isCopyOf(marked: Machine, now: Machine): boolean {
  if (same(marked.dmi, now.dmi) && same(marked.machineId, now.machineId)) return false;
  return areTwoMachines(marked, now);
}

const differ = (a: string | undefined, b: string | undefined) =>
  a !== undefined && b !== undefined && a !== b;
const same = (a: string | undefined, b: string | undefined) => a !== undefined && a === b;

function withoutAbsent(machine: Machine): Machine {
  return Object.fromEntries(Object.entries(machine).filter(([, value]) => value !== undefined));
}
