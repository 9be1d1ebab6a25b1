/** What preview can know of a host that is new: whether there is a key for its login at all. */
import { isMeshError } from "../errors";
import type { HostIdentity } from "../providers";
import { holdsUnknown, UNKNOWN } from "../validation";
import type { ValidationIssue } from "../validation/issue";
import { loadProvider } from "./load-provider";

type Properties = Readonly<Record<string, unknown>>;

/** What was said in this run: a fleet has one key, and it is missing once. */
const said = new Set<string>();

/**
 * What the login of a new host would fail with, for a warning: one that is in the mesh already needs none. Undefined when there
 * is a key, nobody can tell yet, or it was said before in this run. Asks nobody; `inputs` are right, as `check` has found.
 */
export async function findLoginProblem(
  inputs: Properties,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { name, provider: id, module, config, tags = [], authKey, workloadIdentity } = inputs;
  if (holdsUnknown([name, id, module, config, tags, authKey, workloadIdentity])) return undefined;
  const provider = await loadProvider(id as string, module as string | undefined);
  try {
    provider.checkLogin?.(
      { env, signal: new AbortController().signal },
      {
        ...{ config, host: name as string, tags: tags as string[], authKey: authKey as string | undefined },
        workloadIdentity: workloadIdentity as HostIdentity | undefined,
      },
    );
    return undefined;
  } catch (error) {
    if (!isMeshError(error)) throw error;
    const text = `${error.detail}. ${error.remedy}`;
    if (said.has(text)) return undefined;
    said.add(text);
    return `unless the host is in the mesh already, its join will fail: ${text}`;
  }
}

/** Pure: a host has one thing to log in with; what is not known yet may come to nothing. */
export function twoLogins({ authKey, workloadIdentity }: Properties): ValidationIssue[] {
  const isGiven = (value: unknown) => value !== undefined && value !== null && value !== UNKNOWN;
  if (!isGiven(authKey) || !isGiven(workloadIdentity)) return [];
  return [{ path: ["workloadIdentity"], message: "goes against authKey; leave out one of the two" }];
}
