/** What is being done on each host: a table that is drawn anew where somebody watches, plain lines else. */
import type { Level } from "../../providers";
import { colourOf, type Terminal } from "./terminal";
import { cut, pad } from "./text";

export interface Live {
  /** What is being done on a host now. */
  step(host: string, text: string): void;
  /** How it went. */
  done(host: string, level: Level, text: string): void;
  /** Takes the table away. */
  end(): void;
}

/** Nothing is said, for output that a program reads. */
export const SILENT: Live = { step: () => undefined, done: () => undefined, end: () => undefined };

export function openLive(hosts: readonly string[], terminal: Terminal): Live {
  if (!terminal.live) return plainLines(terminal);
  const { width, rows } = terminal;
  const lines = new Map(
    hosts.map((host) => [host, { text: "waiting", level: undefined as Level | undefined }]),
  );
  const name = Math.min(20, Math.max(...hosts.map((host) => host.length), 0));
  const line = (host: string) => {
    const { text, level } = lines.get(host)!;
    const shown = cut(text, width - name - 3);
    return `${pad(cut(host, name), name)}  ${level === undefined ? shown : terminal.colour(colourOf(level), shown)}`;
  };
  const summary = () => {
    const ready = [...lines.values()].filter(({ level }) => level !== undefined).length;
    return `${ready} of ${lines.size} hosts looked at`;
  };
  // A table that is longer than the screen cannot be drawn over.
  const content = () => (hosts.length < rows - 2 ? hosts.map(line) : [summary()]);
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) terminal.tell(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    clear();
    const text = content();
    terminal.tell(text.map((each) => `${each}\n`).join(""));
    drawn = text.length;
  };
  const set = (host: string, text: string, level?: Level) => {
    lines.set(host, { text, level });
    draw();
  };
  draw();
  return { step: set, done: (host, level, text) => set(host, text, level), end: clear };
}

/** A line a host, when it is done: for a log. */
function plainLines(terminal: Terminal): Live {
  return { ...SILENT, done: (host, _level, text) => terminal.tell(`${host}: ${text}\n`) };
}
