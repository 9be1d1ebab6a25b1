/** Reads a provider's own block. */
import { parseWith } from "../../validation";
import type { TailnetConfig } from "./config";
import type { Flavor } from "./flavor";

/** Throws invalid-config with the path of what is wrong. */
export function parseBlock<C extends TailnetConfig>(flavor: Flavor<C>, block: unknown, host?: string): C {
  return parseWith(flavor.schema, block, `network.providers.${flavor.id}`, host);
}
