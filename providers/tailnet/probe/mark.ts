/** The mark on a host: which declaration holds it, since when it was which machine, and who held it before. */
import type { Declaration, Machine } from "../../contract";
import { excerpt } from "../../../excerpt";
import { parseMachine } from "./machine";
import { parseAssignments } from "./sections";

export interface Mark extends Declaration {
  /** The machine that was marked: a copy of its disk has the mark, too. */
  readonly machine: Machine;
  /** Declarations that held the host before and have not let go of it, the last one last. */
  readonly former: readonly Declaration[];
}

/** Pure: undefined for an absent mark, or one that names nobody. */
export function parseMark(text: string): Mark | undefined {
  const values = parseAssignments(text);
  const id = values.get("declaration");
  if (!id) return undefined;
  const former = text.split("\n").flatMap((line) => {
    const [, former, label] = /^former=(\S+) (.*)$/.exec(line.trim()) ?? [];
    return former === undefined ? [] : [{ id: former, label: shown(label ?? former) }];
  });
  return { id, label: shown(values.get("label") ?? id), machine: parseMachine(text), former };
}

/** A file on the host: anybody who is root there can write anything into it. A URN has its length. */
const shown = (label: string) => excerpt(label, { max: 1_000 });

/** Pure: the text that `parseMark` reads. */
export function formatMark({ id, label, machine, former }: Mark): string {
  return [
    `declaration=${id}`,
    `label=${shown(label)}`,
    ...Object.entries({ machine_id: machine.machineId, mac: machine.mac, dmi: machine.dmi }).flatMap(
      ([key, value]) => (value === undefined ? [] : [`${key}=${value}`]),
    ),
    ...former.map((holder) => `former=${holder.id} ${shown(holder.label)}`),
  ].join("\n");
}
