/** Pure: some names in a line, and how many more there are. */
import { cut } from "./text";

const SHOWN = 4;
const LONGEST = 24;

export function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  const shown = names.slice(0, SHOWN).map((name) => cut(name, LONGEST));
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
