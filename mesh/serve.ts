/** Pure: what of a host's `serve` its network provider cannot serve. */
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
