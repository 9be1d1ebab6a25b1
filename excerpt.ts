/** Foreign text: what hosts and servers print, made fit for a terminal and for one line of an error. */
/* eslint-disable no-control-regex -- control characters are what this file takes out */
import { redact } from "./errors";

export interface ExcerptOptions {
  /** How many lines that are not blank; default 1. Several are joined by `; `. */
  readonly lines?: number;
  /** Characters in all; default 200. */
  readonly max?: number;
  /** Where the lines are taken from; default `start`. */
  readonly from?: "start" | "end";
  /** Replaced before anything is cut: half a secret would not be known for one. */
  readonly secrets?: Iterable<string | undefined>;
}

/** Pure: the first (or last) lines of a foreign text, cleaned, without secrets; a longer one ends with `...`. */
export function excerpt(text: string, options: ExcerptOptions = {}): string {
  const { lines = 1, max = 200, from = "start", secrets = [] } = options;
  const known = [...secrets];
  // Twice: cleaning could change a secret that stands there, or put one together that was taken apart.
  const all = redact(clean(redact(text, known)), known)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const taken = (from === "start" ? all.slice(0, lines) : all.slice(-lines)).join("; ");
  const characters = [...taken];
  return characters.length <= max ? taken : `${characters.slice(0, max - 3).join("")}...`;
}

/** Terminal commands that carry a text (OSC, DCS, SOS, PM, APC): up to their end, or to that of the line. */
const STRINGS =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n\r]*(?:\u0007|\u001b\\|\u009c)?/g;
/** Colours, movements of the cursor (CSI), and the short escapes. */
const ESCAPES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-Z\\^-~]?/g;
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;
/** What is left: C0, C1, and marks without a width, those that turn the direction of writing among them. */
const INVISIBLE = /[^\P{Cc}\n]|\p{Cf}/gu;

/** Pure: `text` without terminal escapes, control characters and invisible marks; its lines end with `\n`. */
export function clean(text: string): string {
  return text
    .replace(STRINGS, "")
    .replace(ESCAPES, "")
    .replace(LINE_ENDS, "\n")
    .replace(/\t/g, " ")
    .replace(INVISIBLE, "");
}
