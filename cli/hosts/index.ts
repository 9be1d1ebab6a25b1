/** Where a command's hosts come from. */
import { UsageFailure } from "../failure";
import type { Declared } from "./declared";

export type { Declared, DeclaredHost } from "./declared";

export interface SourceOptions {
  readonly stack?: string;
  readonly file?: string;
}

/** A file, or a stack: the named one, else the selected one. Pulumi is only asked for a stack. */
export async function findHosts(
  { stack, file }: SourceOptions,
  { withConfiguration = false }: { readonly withConfiguration?: boolean } = {},
): Promise<Declared> {
  if (stack !== undefined && file !== undefined)
    throw new UsageFailure("give --stack or --file, not both: the hosts come from one place");
  if (file !== undefined) {
    const { readHostsFile } = await import("./file.js");
    return readHostsFile(file);
  }
  const { readStack } = await import("./stack.js");
  return readStack({ stack, withConfiguration, cwd: process.cwd(), env: process.env });
}
