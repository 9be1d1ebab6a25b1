/** Tests of the policy that is in force, which Tailscale runs and does not keep (`POST acl/validate` with a list). */
import { z } from "zod";
import { isMeshError } from "../../errors";
import type { ApiNode } from "../control-server/api";
import type { HttpAnswer, HttpClient, Send } from "../control-server/http";
import {
  destinationsOf,
  verdictsOf,
  type PolicyQuestion,
  type PolicyVerdicts,
} from "../control-server/policy-test";

export interface PolicyAccess {
  readonly http: HttpClient;
  readonly send: Send;
  readonly variable: string;
  /** `/tailnet/-`. */
  readonly tailnet: string;
}

/** One call. Throws key-invalid where the credentials may not ask; says nothing where the API has no such tests (Headscale's). */
export async function testPolicy(
  { http, send, variable, tailnet }: PolicyAccess,
  question: PolicyQuestion,
): Promise<PolicyVerdicts> {
  const accept = destinationsOf(question);
  const sources = sourcesOf(question.from);
  const body = sources.map((src) => ({ src, proto: "tcp", accept }));
  const answer = await send("POST", `${tailnet}/acl/validate`, { body }).catch((error: unknown) => {
    if (!isMeshError(error, "key-invalid")) throw error;
    throw http.error(
      "key-invalid",
      `Tailscale's API does not let the key in ${variable} test the policy, for which it needs the scope policy_file:read`,
      "Give the OAuth client the scope policy_file:read.",
    );
  });
  if (answer.status === 404) return new Map();
  if (!answer.ok) throw http.refusal("test the policy", answer);
  return readVerdicts(answer, sources, question);
}

/** Whom the policy may mean by the node: a rule for any of them is enough. */
function sourcesOf({ tags, user, addresses }: ApiNode): string[] {
  return [...(tags.length > 0 ? tags : user === undefined ? [] : [user]), ...addresses.slice(0, 1)];
}

/** It is 200 with nothing to say, or with the tests that failed, by their sources. */
const failedSchema = z.object({
  message: z.string().default(""),
  data: z
    .array(z.object({ user: z.string(), errors: z.array(z.string()).nullish() }))
    .nullish()
    .transform((data) => data ?? []),
});

/** `address "100.64.0.7:5432" (protocol "tcp"): want: Accept, got: Drop` */
const DROPPED = /"([^"]+)".*\bgot: Drop\b/;

function readVerdicts(
  { value = {} }: HttpAnswer,
  sources: readonly string[],
  question: PolicyQuestion,
): PolicyVerdicts {
  const failed = failedSchema.safeParse(value).data;
  // What failed for another reason, or for whom nobody asked, says nothing of the others either.
  const known = failed?.data.every(({ user }) => sources.includes(user)) ?? false;
  if (failed === undefined || !known || (failed.message !== "" && failed.data.length === 0)) return new Map();
  const dropped = sources.map((source) =>
    failed.data
      .filter(({ user }) => user === source)
      .flatMap(({ errors }) => (errors?.length ? errors : [""]).map((error) => DROPPED.exec(error)?.[1])),
  );
  return verdictsOf(question, (destination) => {
    const isLet = (each: readonly (string | undefined)[]) =>
      each.every((one) => one !== undefined && one !== destination);
    if (dropped.some(isLet)) return "lets";
    return dropped.some((each) => each.includes(destination)) ? "forbids" : undefined;
  });
}
