/**
 * What this run knows of the program's hosts: which declaration leads where, and holds what. One provider process serves all of
 * them, so two that lead to one machine, or two machines that share one node, meet here. It is filled anew by each run, by
 * `check` and `diff` before anything else, and is never the truth about a host: only a reason not to touch what is another's.
 */
import type { Holding, Siblings } from "../providers";
import type { Connection } from "../transport";

interface Entry extends Holding {
  /** Where the declaration leads to, as the program says now. */
  readonly address?: string;
  /** What its network provider drives on a host. */
  readonly drives?: string;
  /** The id of the declaration that has been at work in this run. */
  readonly declaration?: string;
}

/** By URN: only what the program declares in this run, never what is only in its state. */
const entries = new Map<string, Entry>();

/** By address: what was there after the last run, whoever leads there now. */
const heldAt = new Map<string, Held>();

type Held = Pick<Holding, "machine" | "nodeId" | "loginServer">;

export interface Declared {
  readonly urn: string;
  readonly name?: string;
  readonly drives: string;
  readonly connection: Connection;
}

/** Notes a declaration of the program. Returns the URN of another one that leads to the same address, if there is one. */
export function declare({ urn, name, drives, connection }: Declared): string | undefined {
  const address = addressOf(connection);
  entries.set(urn, { label: urn, name, address, drives });
  for (const [other, entry] of entries)
    if (other !== urn && entry.address === address && entry.drives === drives) return other;
  return undefined;
}

/** Notes what was behind an address after the last run. */
export function recall(connection: Connection, held: Held): void {
  heldAt.set(addressOf(connection), held);
}

/**
 * The others, as seen by the declaration with this URN and id, which may not be on the roster any more; undefined for one
 * without a URN. A resource that is replaced has the URN of the new one: it is told by its id.
 */
export function siblingsOf(
  urn: string | undefined,
  drives: string,
  declaration: string | undefined,
): Siblings | undefined {
  if (urn === undefined) return undefined;
  const isOther = ([other, entry]: [string, Entry]) =>
    entry.drives === drives &&
    (other !== urn || (entry.declaration !== undefined && entry.declaration !== declaration));
  return {
    others: () =>
      [...entries]
        .filter(isOther)
        .map(([other, entry]) => ({
          ...heldAt.get(entry.address ?? ""),
          ...entry,
          leadsHere:
            other !== urn && entry.address !== undefined && entry.address === entries.get(urn)?.address,
        })),
    hold(holding) {
      const known = Object.fromEntries(Object.entries(holding).filter(([, value]) => value !== undefined));
      entries.set(urn, { ...entries.get(urn), label: urn, drives, declaration, ...known });
    },
  };
}

/** The way to a host, as far as it tells two hosts apart. */
export function addressOf(connection: Connection): string {
  if (connection === "local") return "local";
  const { host, port = 22, proxy } = connection;
  const via = proxy === undefined ? "" : ` by ${proxy.host.toLowerCase()}:${proxy.port ?? 22}`;
  return `${host.toLowerCase()}:${port}${via}`;
}
