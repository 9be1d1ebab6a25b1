/** Pure: what of the declared ports the nodes of a control server cannot serve. */
import { toServed, type ServedPort } from "../../../serve";
import { invalidConfig, type ValidationIssue } from "../../../validation";
import type { ControlServerRules } from "../flavor";

type Rules = Pick<ControlServerRules, "cannotServe">;

/** Each with its place in the list. */
export function serveMistakes({ cannotServe }: Rules, serve: readonly ServedPort[]): ValidationIssue[] {
  if (cannotServe === undefined) return [];
  return serve.flatMap((given, index) => {
    const { protocol, port, funnel } = toServed(given);
    const needsCertificate = protocol === "https" || protocol === "tls";
    return [
      ...(needsCertificate
        ? [{ path: [index], message: `port ${port} is ${protocol}, which ${cannotServe.certificates}` }]
        : []),
      ...(funnel
        ? [{ path: [index, "funnel"], message: `open to the internet, which ${cannotServe.funnel}` }]
        : []),
    ];
  });
}

/** Throws invalid-config. */
export function checkServe(host: string, rules: Rules, serve: readonly ServedPort[] = []): void {
  const mistakes = serveMistakes(rules, serve);
  const remedy = "Correct what the host serves.";
  if (mistakes.length > 0) throw invalidConfig("serve", mistakes, { host, remedy });
}
