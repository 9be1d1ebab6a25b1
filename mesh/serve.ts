/** Pure: what of a host's `serve` its network provider cannot serve, and what a host may serve after a run that broke off. */
import { isDeepStrictEqual } from "node:util";
import type { NetworkProvider } from "../providers";
import type { ServedPort } from "../serve";
import type { ValidationIssue } from "../validation";

/** With places in the list; of a provider that knows no `serve` the list itself is the mistake: nothing is ignored. */
export function cannotServe(
  provider: NetworkProvider,
  serve: readonly ServedPort[] = [],
): readonly ValidationIssue[] {
  if (serve.length === 0) return [];
  return (
    provider.checkServe?.(serve) ?? [
      { path: [], message: `the network provider ${provider.id} serves no ports; leave it out` },
    ]
  );
}

/** What was declared before the run and in it: it set some of that, or none, and what is ours has to be known to be taken back. */
export function eitherServed(
  former: readonly ServedPort[] | undefined,
  wanted: readonly ServedPort[] | undefined,
): ServedPort[] | undefined {
  if (former === undefined && wanted === undefined) return undefined;
  const more = (wanted ?? []).filter((each) => !(former ?? []).some((one) => isDeepStrictEqual(one, each)));
  return [...(former ?? []), ...more];
}
