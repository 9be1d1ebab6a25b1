/** Where a command prints: results on one stream, progress on the other; colours and width only where somebody looks. */
import { styleText } from "node:util";
import type { Level } from "../../providers";

export type Colour = "green" | "red" | "yellow" | "gray" | "bold" | "cyan";

export interface Terminal {
  /** Columns; 80 where nobody looks. */
  readonly width: number;
  /** Whether somebody watches the progress. */
  readonly live: boolean;
  readonly rows: number;
  colour(colour: Colour, text: string): string;
  /** A result: standard output. */
  print(text: string): void;
  /** Progress: standard error, as it is. */
  tell(text: string): void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** The narrowest that tables are made for. */
const NARROWEST = 60;

export function openTerminal(
  out: Stream = process.stdout,
  err: Stream = process.stderr,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const colours = out.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return {
    width: out.isTTY === true ? Math.max(NARROWEST, out.columns ?? 80) : 80,
    live: err.isTTY === true && env["TERM"] !== "dumb",
    rows: err.rows ?? 24,
    colour: (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text),
    print: (text) => void out.write(`${text}\n`),
    tell: (text) => void err.write(text),
  };
}

const COLOURS: Readonly<Record<Level, Colour>> = {
  ok: "green",
  warn: "yellow",
  fault: "red",
  unknown: "gray",
};

export function colourOf(level: Level): Colour {
  return COLOURS[level];
}
