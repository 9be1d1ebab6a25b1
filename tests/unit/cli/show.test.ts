/** What stands on a terminal: width, colours, tables, problems, progress. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openLive } from "../../../cli/show/live";
import { listed } from "../../../cli/show/names";
import { formatProblems } from "../../../cli/show/problems";
import { formatTable } from "../../../cli/show/table";
import { cut, widthOf, wrap } from "../../../cli/show/text";
import { screen, widest } from "./support";

describe("text", () => {
  it("is broken at spaces, and a word that is longer than a line stays whole", () => {
    expect(wrap("aa bb cc", { width: 5 })).toBe("aa bb\ncc");
    expect(wrap("aa bb cc", { width: 8, first: "-> ", rest: "   " })).toBe("-> aa bb\n   cc");
    expect(wrap("a https://example.com/long b", { width: 10 })).toBe("a\nhttps://example.com/long\nb");
    expect(wrap("a\n\nb", { width: 10, first: "  " })).toBe("  a\n  \n  b");
  });

  it("loses no word", () => {
    const word = fc.stringMatching(/^[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 90 }), (words, width) => {
        expect(wrap(words.join(" "), { width }).split(/\s+/).filter(Boolean)).toEqual(words);
      }),
    );
  });

  it("is cut with a mark, and its width knows no colours", () => {
    expect([cut("abcdef", 4), cut("abcd", 4), cut("abc", 0)]).toEqual(["abc…", "abcd", "…"]);
    expect(widthOf("\u001b[32mok\u001b[39m")).toBe(2);
  });

  it("names some of many", () => {
    expect(listed(["a", "b"])).toBe("a, b");
    expect(listed(["a", "b", "c", "d", "e", "f"])).toBe("a, b, c, d and 2 more");
    expect(listed(["a".repeat(40)])).toHaveLength(24);
  });
});

describe("a terminal", () => {
  it("has colours only where somebody looks, and wants them", () => {
    expect(screen({ isTTY: true }).colour("red", "x")).toBe("\u001b[31mx\u001b[39m");
    expect(screen({ isTTY: false }).colour("red", "x")).toBe("x");
    expect(screen({ isTTY: true }, { NO_COLOR: "1" }).colour("red", "x")).toBe("x");
    expect(screen({ isTTY: true }, { TERM: "dumb" }).colour("red", "x")).toBe("x");
  });

  it("is 80 columns wide where nobody looks, and never too narrow for a table", () => {
    expect(screen({ isTTY: false, columns: 200 }).width).toBe(80);
    expect(screen({ isTTY: true, columns: 200 }).width).toBe(200);
    expect(screen({ isTTY: true, columns: 20 }).width).toBe(60);
  });
});

describe("a table", () => {
  const columns = [{ title: "HOST" }, { title: "SSH", fixed: true }, { title: "TAGS" }];

  it("cuts the widest column, never one of marks", () => {
    const rows = [[{ text: "web-1" }, { text: "FAIL" }, { text: "x".repeat(60) }]];
    const text = formatTable(columns, rows, { width: 40, colour: (_name, shown) => shown });
    expect(text).toBe(`HOST   SSH   TAGS\nweb-1  FAIL  ${"x".repeat(26)}…`);
  });

  it("fits the terminal whatever stands in it, and its colours take no room", () => {
    const cell = fc.record({ text: fc.stringMatching(/^[a-z-]{0,70}$/) });
    const row = fc.tuple(cell, fc.constant({ text: "ok", colour: "green" as const }), cell);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const lines = formatTable(columns, rows, screen({ isTTY: true, columns: 80 })).split("\n");
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe("problems", () => {
  const terminal = screen();

  it("come faults first, all that a host has with one remedy together, hosts that have the same together", () => {
    const told = [
      { who: "web-1", level: "warn", text: "late" },
      { who: "web-1", level: "fault", text: "down", remedy: "Start it." },
      { who: "web-1", level: "fault", text: "old", remedy: "Start it." },
      { who: "web-2", level: "fault", text: "down", remedy: "Start it." },
      { who: "web-3", level: "fault", text: "down", remedy: "Start it." },
    ] as const;
    expect(formatProblems(told, terminal)).toBe(
      [
        "fault web-1\n  down\n  old\n  -> Start it.",
        "fault web-2, web-3\n  down\n  -> Start it.",
        "warning web-1\n  late",
      ].join("\n"),
    );
    expect(formatProblems([], terminal)).toBe("");
  });

  it("are readable at 80 columns", () => {
    const text = "word ".repeat(40).trim();
    const many = Array.from({ length: 30 }, (_, index) => ({
      who: `host-${index}`,
      level: "fault" as const,
      text,
      remedy: text,
    }));
    expect(widest(formatProblems(many, terminal))).toBeLessThanOrEqual(80);
  });
});

describe("progress", () => {
  it("is a table that is drawn anew where somebody watches, and is taken away", () => {
    const watched = screen({ isTTY: true });
    const live = openLive(["web-1", "db-1"], watched);
    live.step("web-1", "connecting");
    live.done("web-1", "fault", "out of reach");
    live.end();
    expect(watched.err[0]).toBe("web-1  waiting\ndb-1   waiting\n");
    expect(watched.err.slice(1)).toEqual([
      "\u001b[2A\u001b[0J",
      "web-1  connecting\ndb-1   waiting\n",
      "\u001b[2A\u001b[0J",
      "web-1  \u001b[31mout of reach\u001b[39m\ndb-1   waiting\n",
      "\u001b[2A\u001b[0J",
    ]);
  });

  it("is one line for more hosts than the screen has rows", () => {
    const watched = screen({ isTTY: true, rows: 4 });
    const live = openLive(["a", "b", "c"], watched);
    live.done("a", "ok", "joined");
    expect(watched.err.at(-1)).toBe("1 of 3 hosts looked at\n");
  });

  it("is a plain line a host where nobody watches", () => {
    const log = screen();
    const live = openLive(["web-1"], log);
    live.step("web-1", "connecting");
    live.done("web-1", "ok", "joined");
    live.end();
    expect(log.err).toEqual(["web-1: joined\n"]);
  });
});
