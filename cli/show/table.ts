/** Pure: rows under headings, no wider than the terminal: what is too long is cut, the widest column first. */
import type { Colour, Terminal } from "./terminal";
import { cut, pad, widthOf } from "./text";

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

export interface Column {
  readonly title: string;
  /** Never cut: a column of marks. */
  readonly fixed?: boolean;
}

/** A column is not cut below this. */
const SHORTEST = 6;

export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, colour }: Pick<Terminal, "width" | "colour">,
  gap = 2,
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ""))),
  );
  shrink(widths, columns, width - gap * (widths.length - 1));
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, colour: name }, index) => {
        const shown = cut(text, widths[index]!);
        const padded = index === cells.length - 1 ? shown : pad(shown, widths[index]! + gap);
        return name === undefined ? padded : padded.replace(shown, colour(name, shown));
      })
      .join("")
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title, colour: "gray" }))), ...rows.map(line)].join("\n");
}

function shrink(widths: number[], columns: readonly Column[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, 0);
  while (total() > width) {
    const candidates = widths.map((each, index) => (columns[index]!.fixed === true ? 0 : each));
    const widest = candidates.indexOf(Math.max(...candidates));
    if (candidates[widest]! <= SHORTEST) return;
    widths[widest]!--;
  }
}
