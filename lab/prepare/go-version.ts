/** The Go version that the tools need, read from their go.mod files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TOOLS, type ToolName, toolSource } from "./tools";

/** The highest `go` line of all tools. */
export function requiredGoVersion(): string {
  const lines = (Object.keys(TOOLS) as ToolName[]).map((name) => {
    return /^go (\S+)$/m.exec(readFileSync(join(toolSource(name), "go.mod"), "utf8"))?.[1] ?? "0";
  });
  return lines.reduce((highest, line) => (isAtLeast(line, highest) ? line : highest), "0");
}

/** Compares "go1.26.8" with "1.26.1", number by number. */
export function isAtLeast(version: string, required: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const have = numbers(version);
  for (const [i, want] of numbers(required).entries()) {
    if ((have[i] ?? 0) !== want) return (have[i] ?? 0) > want;
  }
  return have.length > 0;
}
