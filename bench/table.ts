/** Pure: what was measured as tables of Markdown: a median with its spread for each contestant. */
import type { Sample } from "./measure";

export interface Row {
  readonly part: string;
  readonly at: Sample["at"];
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface Cell {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

/** One row for each part and setting, in the order in which they were measured. */
export function rowsOf(samples: readonly Sample[]): readonly Row[] {
  return groupsOf(samples, ({ part, at }) => JSON.stringify([part, at])).map((own) => {
    const { part, at } = own[0]!;
    const cells = groupsOf(own, ({ who }) => who).map((of) => [of[0]!.who, summarize(of)] as const);
    return { part, at, cells: new Map(cells) };
  });
}

function groupsOf(samples: readonly Sample[], keyOf: (sample: Sample) => string): readonly Sample[][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) groups.set(keyOf(sample), [...(groups.get(keyOf(sample)) ?? []), sample]);
  return [...groups.values()];
}

function summarize(samples: readonly Sample[]): Cell {
  const values = samples.map(({ value }) => value).sort((a, b) => a - b);
  const middle = values.length >> 1;
  const median = values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
  return { median, least: values[0]!, most: values.at(-1)!, unit: samples[0]!.unit };
}

/** The fastest of those whose names begin so. */
export function best({ cells }: Row, prefix: string): Cell | undefined {
  const found = [...cells].filter(([who]) => who.startsWith(prefix)).map(([, cell]) => cell);
  return found.sort((a, b) => a.median - b.median)[0];
}

export function tableOf(rows: readonly Row[]): string {
  const settings = [...new Set(rows.flatMap(({ at }) => Object.keys(at)))];
  const names = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))];
  const parts = new Set(rows.map(({ part }) => part)).size > 1;
  const line = (words: readonly string[]) => `| ${words.join(" | ")} |`;
  const head = [...(parts ? ["what"] : []), ...settings.map(inWords), ...names];
  const body = rows.map(({ part, at, cells }) => [
    ...(parts ? [part] : []),
    ...settings.map((name) => String(at[name] ?? "")),
    ...names.map((who) => show(cells.get(who))),
  ]);
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function show(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const { median, least, most, unit } = cell;
  const digits = unit === "s" || unit === "x" ? 2 : 0;
  const spread = least === most ? "" : ` (${least.toFixed(digits)}-${most.toFixed(digits)})`;
  return `${median.toFixed(digits)} ${unit}${spread}`;
}

const inWords = (setting: string) => (setting === "roundTripMs" ? "round trip, ms" : setting);
