/** Pure: client settings that are not as declared, a sentence each. */
import { isDeepStrictEqual } from "node:util";
import type { FlagValue, NodeFlags } from "../../providers";

export function flagDifferences(wanted: NodeFlags, found: NodeFlags): string[] {
  return Object.entries(wanted).flatMap(([name, value]) =>
    !(name in found) || isDeepStrictEqual(plain(value), plain(found[name]!))
      ? []
      : [`the flag ${name} is ${shown(found[name]!)}, expected ${shown(value)}`],
  );
}

const plain = (value: FlagValue) => (Array.isArray(value) ? [...(value as readonly string[])] : value);
const shown = (value: FlagValue) =>
  Array.isArray(value) ? value.join(",") || "empty" : String(value) || "empty";
