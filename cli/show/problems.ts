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

interface Block {
  readonly level: Told["level"];
  readonly remedy: string | undefined;
  readonly who: string[];
  readonly texts: string[];
}

const MARKS = { fault: ["fault", "red"], warn: ["warning", "yellow"] } as const satisfies Record<
  Told["level"],
  readonly [string, Colour]
>;

/** Faults first; empty where there is nothing. What helps a host, or several, in the same way is said once. */
export function formatProblems(
  told: readonly Told[],
  { width, colour }: Pick<Terminal, "width" | "colour">,
): string {
  return (["fault", "warn"] as const)
    .flatMap((level) => blocksOf(told.filter((each) => each.level === level)))
    .map(({ who, level, texts, remedy }) => {
      const [mark, name] = MARKS[level];
      const head = wrap(`${mark} ${who.join(", ")}`, { width, rest: "  " });
      const lines = texts.map((text) => wrap(text, { width, first: "  " }));
      const help = remedy === undefined ? [] : [wrap(remedy, { width, first: "  -> ", rest: "     " })];
      return [head.replace(mark, colour(name, mark)), ...lines, ...help].join("\n");
    })
    .join("\n");
}

/** First all that one host has with one remedy, then all hosts that have the same. */
function blocksOf(told: readonly Told[]): Block[] {
  const perHost: Block[] = [];
  for (const { who, level, text, remedy } of told) {
    const known = perHost.find((block) => block.who[0] === who && block.remedy === remedy);
    if (known === undefined) perHost.push({ level, remedy, who: [who], texts: [text] });
    else known.texts.push(text);
  }
  const blocks: Block[] = [];
  for (const block of perHost) {
    const same = ({ texts, remedy }: Block) =>
      remedy === block.remedy && texts.join("\n") === block.texts.join("\n");
    const known = blocks.find(same);
    if (known === undefined) blocks.push(block);
    else known.who.push(...block.who);
  }
  return blocks;
}
