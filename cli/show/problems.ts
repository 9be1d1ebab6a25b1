/** Pure: what is wrong, and what to do about it: a block a host, readable at any width. */
import type { Colour, Terminal } from "./terminal";
import { wrap } from "./text";

export interface Told {
  /** The host, or `here`. */
  readonly who: string;
  readonly level: "warn" | "fault";
  readonly text: string;
  readonly remedy?: string;
}

const MARKS = { fault: ["fault", "red"], warn: ["warning", "yellow"] } as const satisfies Record<
  Told["level"],
  readonly [string, Colour]
>;

/** Faults first; empty where there is nothing. Each remedy once for all hosts that it helps. */
export function formatProblems(
  told: readonly Told[],
  { width, colour }: Pick<Terminal, "width" | "colour">,
): string {
  const sorted = [
    ...told.filter(({ level }) => level === "fault"),
    ...told.filter(({ level }) => level === "warn"),
  ];
  const groups = new Map<string, Told[]>();
  for (const each of sorted) {
    const key = JSON.stringify([each.level, each.text, each.remedy]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()]
    .map((group) => {
      const [{ level, text, remedy }] = group as [Told];
      const [mark, name] = MARKS[level];
      const who = group.map((each) => each.who).join(", ");
      const body = wrap(text, { width, first: "  " });
      const help = remedy === undefined ? "" : `\n${wrap(remedy, { width, first: "  -> ", rest: "     " })}`;
      return `${colour(name, mark)} ${colour("bold", who)}\n${body}${help}`;
    })
    .join("\n");
}
