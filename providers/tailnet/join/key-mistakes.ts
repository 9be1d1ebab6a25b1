/** Pure: what is wrong with what is declared of a node's key, as far as that can be told without asking anyone. */
import { z } from "zod";
import type { ValidationIssue } from "../../../validation/issue";
import type { KeySettings } from "../../contract";
import type { ControlServerRules } from "../flavor";

/** The block may hold anything yet. */
export function keyMistakes(
  { loginRenewsNot }: Pick<ControlServerRules, "loginRenewsNot">,
  { renewKey }: KeySettings,
  config: unknown,
): ValidationIssue[] {
  const noApi = z.looseObject({ api_key_env: z.undefined().optional() }).safeParse(config).success;
  if (renewKey === undefined || loginRenewsNot === undefined || !noApi) return [];
  return [{ path: ["renewKey"], message: `needs api_key_env here: ${loginRenewsNot}` }];
}
