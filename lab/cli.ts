/** The lab's command line: `npm run lab -- <command>`. */
import { parseCommand } from "./cli/args";
import { execute } from "./cli/commands";
import { isLabError } from "./error";

async function main(): Promise<void> {
  try {
    process.exitCode = await execute(parseCommand(process.argv.slice(2)));
  } catch (error) {
    // What a person can act on is said in words; anything else is a bug and shows where it happened.
    process.stderr.write(`${isLabError(error) ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
}

void main();
