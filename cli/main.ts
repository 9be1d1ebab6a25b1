#!/usr/bin/env node
/** The command line: `npx pulumi-mesh <command>`. */
import { isError, isMeshError, messageOf } from "../errors";
import { EXIT } from "./failure";
import { readManifest } from "./manifest";
import { buildProgram } from "./program";
import { wrap } from "./show/text";

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.right;
  try {
    await buildProgram(readManifest().version, (result) => (code = result)).parseAsync([...argv]);
    return code;
  } catch (error) {
    // Help that was asked for is no mistake.
    const isCommanders = isError(error) && error.name === "CommanderError";
    if (isCommanders && (error as { exitCode?: number }).exitCode === 0) return EXIT.right;
    if (argv.includes("--json")) tellAsJson(error);
    // Commander has said what is wrong.
    if (!isCommanders) tell(error);
    return EXIT.usage;
  }
}

function tellAsJson(error: unknown): void {
  const told = isMeshError(error)
    ? { kind: error.kind, message: error.detail, remedy: error.remedy }
    : { kind: "usage", message: messageOf(error).replace(/^error: /, "") };
  process.stdout.write(`${JSON.stringify({ ok: false, error: told }, undefined, 2)}\n`);
}

function tell(error: unknown): void {
  const text = isMeshError(error) || isKnown(error) ? messageOf(error) : String((error as Error).stack);
  process.stderr.write(`${wrap(`pulumi-mesh: ${text}`, { width: 80, rest: "  " })}\n`);
}

const isKnown = (error: unknown) => isError(error) && error.name === "UsageFailure";

// Whoever reads may stop before the end: `| head`.
process.stdout.on("error", () => undefined);

void main(process.argv).then((code) => {
  // What was printed goes out first, also through a pipe.
  process.exitCode = code;
});
