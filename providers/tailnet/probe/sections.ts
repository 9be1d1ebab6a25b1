/** Splits what a host script prints (`#:name` starts a section) back into its sections. */

export type Sections = ReadonlyMap<string, string>;

/** Pure: sections by name, trimmed; text before the first one is dropped; a repeated name keeps the last. */
export function parseSections(output: string): Sections {
  const sections = new Map<string, string>();
  const [, ...parts] = `\n${output}`.split(/\n#:/);
  for (const part of parts) {
    const end = part.indexOf("\n");
    const name = end < 0 ? part : part.slice(0, end);
    sections.set(name.trim(), end < 0 ? "" : part.slice(end + 1).trim());
  }
  return sections;
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
