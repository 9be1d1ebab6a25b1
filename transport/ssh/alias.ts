/** Aliases of `~/.ssh/config`, which ssh2 does not read: a host that is one gets a hint. */
import { readFile } from "node:fs/promises";
import { DialFailure } from "../dial-failure";
import type { Environment } from "../types";
import { expandHome } from "./paths";

/** `failure`, with what to do about it when its cause is a name that only the user's own configuration knows. */
export async function hintAtAlias(failure: unknown, host: string, env: Environment): Promise<unknown> {
  if (!(failure instanceof DialFailure)) return failure;
  const { details, reason } = failure;
  if ((details.cause as NodeJS.ErrnoException | undefined)?.code !== "ENOTFOUND") return failure;
  const config = await readFile(expandHome("~/.ssh/config", env), "utf8").catch(() => "");
  if (!namesAlias(config, host)) return failure;
  const remedy =
    'It is an alias of ~/.ssh/config: set the connection\'s client to "openssh", which reads that file, or write its HostName.';
  return new DialFailure({ ...details, remedy }, reason, false);
}

/** Pure: true when a `Host` line of the configuration has this very name. */
function namesAlias(config: string, host: string): boolean {
  return config.split("\n").some((line) => {
    const [keyword, ...names] = line.trim().split(/[\s=]+/);
    return keyword?.toLowerCase() === "host" && names.includes(host);
  });
}
