/** Pure: what is wrong with what is declared of a node's key, as far as that can be told without asking anyone. */
import { z } from "zod";
import type { ValidationIssue } from "../../../validation/issue";
import type { KeySettings } from "../../contract";
import type { ControlServerRules } from "../flavor";
import { identityMistakes } from "../settings/machine-identity";

/** The block may hold anything yet. */
export function keyMistakes(
  rules: ControlServerRules,
  { renewKey, workloadIdentity, tags }: KeySettings,
  config: unknown,
): ValidationIssue[] {
  const { loginRenewsNot } = rules;
  const ofIdentity = workloadIdentity === undefined ? [] : identityMistakes(rules, tags);
  const noApi = z.looseObject({ api_key_env: z.undefined().optional() }).safeParse(config).success;
  return [
    ...ofIdentity.map((message) => ({ path: ["workloadIdentity"], message })),
    ...(renewKey === undefined || loginRenewsNot === undefined || !noApi
      ? []
      : [{ path: ["renewKey"], message: `needs api_key_env here: ${loginRenewsNot}` }]),
  ];
}
