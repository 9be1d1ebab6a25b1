/** Splits what a host script prints (`#MARK:name` starts a section, `#MARK>` is progress) back into its sections. */
import { randomBytes } from "node:crypto";

export type Sections = ReadonlyMap<string, string>;

/** What a shell's own messages begin with, once the mark is taken off. */
const PROGRAM = "pulumi-mesh";

/**
 * The mark of one run, which the script gets as its `$0`: what a program on the host prints, or a file there holds, cannot
 * know it, and so never looks like a section or like progress.
 */
export function newMark(): string {
  return `${PROGRAM}-${randomBytes(8).toString("hex")}`;
}

/** Pure: what a line says of the progress; undefined for any other line. */
export function progressOf(line: string, mark: string): string | undefined {
  const start = `#${mark}>`;
  return line.startsWith(start) ? line.slice(start.length) : undefined;
}

/**
 * Pure: sections by name, trimmed, without lines of progress; text before the first one is dropped; a repeated name keeps
 * the last.
 */
export function parseSections(output: string, mark: string): Sections {
  const sections = new Map<string, string>();
  const lines = output.split("\n").filter((line) => progressOf(line, mark) === undefined);
  const [, ...parts] = `\n${lines.join("\n")}`.split(`\n#${mark}:`);
  for (const part of parts) {
    const end = part.indexOf("\n");
    const name = end < 0 ? part : part.slice(0, end);
    sections.set(name.trim(), end < 0 ? "" : withoutMark(part.slice(end + 1), mark).trim());
  }
  return sections;
}

/** Pure: a shell names itself by its `$0`, which is nobody's concern. */
export function withoutMark(text: string, mark: string): string {
  return mark === "" ? text : text.replaceAll(mark, PROGRAM);
}

/** Pure: `key=value` lines as a map; quotes around a value are removed (as in os-release). */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line.trim());
    if (match) values.set(match[1]!, match[2]!.replace(/^(["'])(.*)\1$/s, "$2"));
  }
  return values;
}
