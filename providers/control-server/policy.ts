/** Pure: which tags a control server's policy knows. The policy is HuJSON: JSON with comments and trailing commas. */
import { z } from "zod";

const policySchema = z.looseObject({ tagOwners: z.record(z.string(), z.unknown()).default({}) });

/** A string, a comment, or a comma before a closing bracket. */
const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[\]}])/g;

/** The tags that have owners; undefined when the text is no policy, so that nothing is refused for its sake. */
export function parseKnownTags(policy: string): readonly string[] | undefined {
  try {
    return knownTagsOf(JSON.parse(policy.replace(TOKEN, (token) => (token.startsWith('"') ? token : ""))));
  } catch {
    return undefined;
  }
}

/** The same of a policy that came as JSON. */
export function knownTagsOf(policy: unknown): readonly string[] | undefined {
  const result = policySchema.safeParse(policy);
  return result.success ? Object.keys(result.data.tagOwners) : undefined;
}
