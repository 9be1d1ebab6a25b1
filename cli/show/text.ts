/** Pure: text for a terminal: how wide it is, broken into lines, cut. */
import { stripVTControlCharacters } from "node:util";

/** Columns that a text takes. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** At most so many columns, the last one a mark that something is missing. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

export interface WrapOptions {
  readonly width: number;
  /** In front of the first line, and of all others. */
  readonly first?: string;
  readonly rest?: string;
}

/** Breaks a text at its spaces; a word that is longer than a line stays whole, so that it can be copied. */
export function wrap(text: string, { width, first = "", rest = first }: WrapOptions): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = lines.length === 0 ? first : rest;
    let isEmpty = true;
    for (const word of paragraph.split(" ").filter((each) => each !== "")) {
      if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line);
        [line, isEmpty] = [rest, true];
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    lines.push(line);
  }
  return lines.join("\n");
}

/** `1 host`, `3 hosts`. */
export function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
