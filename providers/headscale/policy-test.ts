/** A test of the policy that is in force, which Headscale (0.29) runs on a copy and does not keep (`POST policy/check`). */
import { z } from "zod";
import type { HttpClient, Send } from "../control-server/http";
import { parsePolicy } from "../control-server/policy";
import {
  destinationsOf,
  verdictsOf,
  type PolicyQuestion,
  type PolicyVerdicts,
} from "../control-server/policy-test";
import { policySchema } from "./wire";

/**
 * Nothing is told without a policy, by a version that has no such call (up to 0.28), and where the policy has rules of which its tests
 * know nothing: those for nodes of one's own. Headscale's log has a warning of a test that fails, in the words of its own start.
 */
export async function testPolicy(
  http: HttpClient,
  send: Send,
  question: PolicyQuestion,
): Promise<PolicyVerdicts> {
  const present = await send("GET", "policy");
  const text = present.ok ? (policySchema.safeParse(present.value).data?.policy ?? "") : "";
  const policy = parsePolicy(text);
  const [src] = question.from.addresses;
  const hasOwnRules = question.from.tags.length === 0 && text.includes("autogroup:self");
  if (policy === undefined || src === undefined || hasOwnRules) return new Map();
  const tests = [{ src, proto: "tcp", accept: destinationsOf(question) }];
  const body = { policy: JSON.stringify({ ...policy, tests, sshTests: [] }) };
  const answer = await send("POST", "policy/check", { body });
  if (answer.ok) return verdictsOf(question, () => "lets");
  if (NO_SUCH_CALL.includes(answer.status)) return new Map();
  const failed = failedSchema.safeParse(answer.value).data;
  if (failed === undefined) throw http.refusal("test the policy", answer);
  return readVerdicts(failed, question);
}

/** As gRPC's gateway says it of a route, and of a method. */
const NO_SUCH_CALL = [404, 405, 501];

/** Up to 0.29, and later. */
const failedSchema = z
  .union([
    z.object({ message: z.string() }).transform(({ message }) => message),
    z.object({ detail: z.string() }).transform(({ detail }) => detail),
  ])
  .refine((text) => text.startsWith("test(s) failed"))
  .transform((text) => text.split("\n").slice(1));

const DENIED = / -> (\S+) \(tcp\): expected ALLOWED, got DENIED$/;

/** What has failed for another reason says nothing of the others either. */
function readVerdicts(lines: readonly string[], question: PolicyQuestion): PolicyVerdicts {
  const denied = lines.map((line) => DENIED.exec(line)?.[1]);
  const isPlain = denied.length > 0 && denied.every((destination) => destination !== undefined);
  return verdictsOf(question, (destination) =>
    denied.includes(destination) ? "forbids" : isPlain ? "lets" : undefined,
  );
}
