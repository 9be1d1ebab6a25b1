/** Pure: a control server's policy, and which tags it knows. It is HuJSON: JSON with comments and trailing commas. */
import { z } from "zod";

const policySchema = z.looseObject({ tagOwners: z.record(z.string(), z.unknown()).default({}) });

/** A string, a comment, or a comma before a closing bracket. */
const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[\]}])/g;

/** Undefined when the text is no policy. */
export function parsePolicy(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : ""));
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** The tags that have owners; undefined when the text is no policy, so that nothing is refused for its sake. */
export function parseKnownTags(policy: string): readonly string[] | undefined {
  return knownTagsOf(parsePolicy(policy));
}

/** The same of a policy that came as JSON. */
export function knownTagsOf(policy: unknown): readonly string[] | undefined {
  const result = policySchema.safeParse(policy);
  return result.success ? Object.keys(result.data.tagOwners) : undefined;
}
