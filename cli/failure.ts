/** What ends a command before it has looked at anything, and the exit codes of them all. */

/** `right`: all is well; `wrong`: something in the mesh is not; `usage`: the command could not do its work as it was called. */
export const EXIT = { right: 0, wrong: 1, usage: 2 } as const;

/** A command that was called wrongly; the text says how to call it. */
export class UsageFailure extends Error {
  override readonly name = "UsageFailure";
}
