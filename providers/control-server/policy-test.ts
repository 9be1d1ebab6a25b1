/** What a control server is asked of its own policy, and what it says. */
import type { ApiNode } from "./node";

/** Whether one node may open TCP connections to others. */
export interface PolicyQuestion {
  readonly from: ApiNode;
  /** In the tailnet. */
  readonly addresses: readonly string[];
  readonly port: number;
}

export type PolicyVerdict = "lets" | "forbids";

/** By address; what the control server does not tell is absent. */
export type PolicyVerdicts = ReadonlyMap<string, PolicyVerdict>;

/** Pure: the destinations as policies write them. */
export function destinationsOf({ addresses, port }: PolicyQuestion): string[] {
  return addresses.map((address) => `${address.includes(":") ? `[${address}]` : address}:${port}`);
}

/** Pure: what is said of each destination, by its address. */
export function verdictsOf(
  question: PolicyQuestion,
  verdictOn: (destination: string) => PolicyVerdict | undefined,
): PolicyVerdicts {
  const verdicts = destinationsOf(question).map(verdictOn);
  return new Map(
    question.addresses.flatMap((address, index) => {
      const verdict = verdicts[index];
      return verdict === undefined ? [] : [[address, verdict]];
    }),
  );
}
