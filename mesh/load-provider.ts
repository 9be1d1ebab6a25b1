/** Finds a network provider by id; one that is not built in is registered by importing its module. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MeshError, messageOf } from "../errors";
import { get, ids, type NetworkProvider } from "../providers";

/** The module is resolved from the program's folder, in the program's and in the provider's process alike. */
export async function loadProvider(id: string, module?: string): Promise<NetworkProvider> {
  if (module !== undefined && !ids().includes(id)) {
    try {
      const path = createRequire(join(process.cwd(), "index.js")).resolve(module);
      await import(pathToFileURL(path).href);
    } catch (cause) {
      throw new MeshError({
        kind: "unknown-provider",
        message: `the module "${module}" of the network provider "${id}" cannot be imported: ${messageOf(cause).split("\n")[0]}`,
        remedy:
          "Correct network.module: the name of an installed package, or a path from the program's folder (./my-provider.js).",
        cause,
      });
    }
  }
  return get(id);
}
