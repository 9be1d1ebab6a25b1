/** The few lines of sh around every command: a known environment, root where asked for, and marks in the output. */
import { readScript } from "../../shell-scripts";

/** How to become root: not at all; by `sudo -n`; or by a sudo that may ask for the password. Root itself never needs sudo. */
export type Privilege = "login" | "sudo" | "sudo-password";

/**
 * The argv that runs `argv` and marks its output, so that what a login shell or sudo prints before can be told from
 * what the command prints. Marks are `MARK:NAME;` or `MARK:NAME:VALUE;`, put together by printf, so that a shell which
 * echoes its commands prints none. On stderr: `ready` with the process group's id, `nosudo`, `nopipe` (there
 * is no place to make one), `framed` (lines for sudo come before the input), `ask` (sudo wants the password), `start`; on stdout:
 * `framed`, `start`. `input`: whether the command gets any.
 */
export function wrap(argv: readonly string[], mark: string, privilege: Privilege, input = false): string[] {
  const [wrapper, start] = [script("wrapper"), script("start")];
  return ["/bin/sh", "-c", wrapper, mark, privilege, input ? "input" : "", start, ...argv];
}

function script(name: "wrapper" | "start"): string {
  return readScript(`transport/exec/${name}.sh`);
}
