/** Parses the YAML of a configuration file; errors have line and column, and nothing of the file's text but key names. */
import { LineCounter, parseDocument, visit, type Document, type YAMLError } from "yaml";
import { MeshError, messageOf } from "../errors";

const CORRECT = "Correct the YAML at this place.";

/** The invalid-config error about a place in a file (`stagecraft.yml:4:7`). */
export function invalidFile(place: string, what: string, remedy: string, cause?: unknown): MeshError {
  return new MeshError({ kind: "invalid-config", message: `${place}: ${what}`, remedy, cause });
}

/** The sections of a YAML text, by name; none when it is empty. `path` is for messages. */
export function parseSections(text: string, path: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, merge: true, logLevel: "error" } as const;
  const document = parseDocument(text, options);
  const [error] = document.errors;
  if (error !== undefined) {
    throw invalidFile(placeOf(path, lines, error.pos[0]), syntaxMessage(error, text), CORRECT);
  }
  const value = toValue(document, lines, path) ?? {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  const got = Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw invalidFile(path, `expected named sections, got ${got}`, "Give the file a section `network:`.");
}

function toValue(document: Document, lines: LineCounter, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Not handed on as the cause: its message holds text of the file.
    const offset = unresolvedAlias(document);
    if (offset === undefined)
      throw invalidFile(path, withoutContent(messageOf(error)), "Correct its aliases.");
    const what =
      "this alias has no anchor before it; or are quotes missing around a value that starts with *?";
    throw invalidFile(placeOf(path, lines, offset), what, CORRECT);
  }
}

/** Where the first alias without an anchor is, if there is one. */
function unresolvedAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

/** `stagecraft.yml:4:7`. */
function placeOf(path: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${line}:${col}`;
}

/** What the YAML parser says, without the text of the file: that could hold a secret. */
function syntaxMessage({ code, message, pos }: YAMLError, text: string): string {
  switch (code) {
    case "DUPLICATE_KEY": {
      const key = /^["']?([\w.-]{1,63})/.exec(text.slice(pos[0]))?.[1];
      return key === undefined ? "duplicate key" : `duplicate key "${key}"`;
    }
    case "MULTIPLE_DOCS":
      return "a second YAML document starts here; the file must hold one";
    case "TAB_AS_INDENT":
      return "tabs are not allowed as indentation; use spaces";
    case "BAD_DQ_ESCAPE":
      return "invalid escape sequence in a double-quoted string";
    case "BLOCK_AS_IMPLICIT_KEY":
      return `${withoutContent(message)} (is the indentation right, or are quotes missing around a value with ": "?)`;
    default:
      return withoutContent(message);
  }
}

/** `Unexpected scalar token in YAML stream: "abc"` without what follows the colon, in lower case. */
function withoutContent(message: string): string {
  const cut = message.replace(/(?<! ):\s[^]*$/, "");
  return cut.charAt(0).toLowerCase() + cut.slice(1);
}
