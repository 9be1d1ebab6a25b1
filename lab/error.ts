/** The error the lab throws: what went wrong, and what the person at the keyboard can do about it. */

import { isError } from "../errors";

export class LabError extends Error {
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string, cause?: unknown) {
    super(remedy === undefined ? message : `${message}\n${remedy}`, { cause });
    this.name = "LabError";
    this.remedy = remedy;
  }
}

/** True for what a person can act on; anything else is a bug. */
export function isLabError(error: unknown): error is LabError {
  return isError(error) && (error.name === "LabError" || error.name === "UsageError");
}

/** A mistake on the command line: shown without a stack, with a pointer to the usage. */
export class UsageError extends LabError {
  constructor(message: string) {
    super(message, "Run `npm run lab -- --help` for the commands.");
    this.name = "UsageError";
  }
}
