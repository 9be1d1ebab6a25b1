/** Shell functions that several scripts begin with. */
import { readScript } from "../../../shell-scripts";

const read = (path: string) => readScript(`providers/tailnet/${path}.sh`);

export const FUNCTIONS = read("scripts/lib/functions");
export const FORWARDING_FACTS = read("scripts/lib/forwarding");
export const INSTALLER = read("install/lib/installer");
/** A file that is written on hosts. */
export const RUNNER = read("install/services/run");
