/** Finds a network provider by id; one that is not built in is registered by importing its module. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isError, MeshError, messageOf } from "../errors";
import { get, ids, type NetworkProvider } from "../providers";

/** The module is resolved from the program's folder, in the program's and in the provider's process alike. */
export async function loadProvider(id: string, module?: string): Promise<NetworkProvider> {
  if (module !== undefined && !ids().includes(id)) {
    try {
      await importFrom(process.cwd(), module);
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

/** Imports a module of either kind. A runner such as jest may allow no `import()`: there, only CommonJS can be loaded. */
async function importFrom(folder: string, module: string): Promise<void> {
  const load = createRequire(join(folder, "index.js"));
  const path = load.resolve(module);
  try {
    await import(pathToFileURL(path).href);
  } catch (error) {
    if (!isError(error) || !/dynamic import callback/.test(error.message)) throw error;
    load(path);
  }
}
