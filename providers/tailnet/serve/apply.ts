/** Has a node serve what is declared, and checks that it does: the client restores HTTPS as HTTP at times (tailscale#18381). */
import { createHash } from "node:crypto";
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import { toServed, type Protocol, type ServedPort } from "../../../serve";
import type { HostFacts } from "../probe/facts";
import { fqdnOf } from "../probe/node";
import { hostScript } from "../scripts";
import { probeOptions } from "../run";
import type { Target } from "../target";
import { differences, servedAt } from "./compare";
import { planServe, type ServeChange, type ServePlan } from "./plan";

/** Of a text that may hold somebody's password: it stands on no command line. */
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** What the client calls them. */
const FLAGS: Readonly<Record<Protocol, string>> = {
  https: "https",
  http: "http",
  tcp: "tcp",
  tls: "tls-terminated-tcp",
};

export const changeOf = (
  ours: readonly ServedPort[] = [],
  former: readonly ServedPort[] = [],
): ServeChange => ({ ours: ours.map(toServed), former: former.map(toServed) });

/** The facts with what the node serves: one exec where the last script did not tell. Throws join-failed for a client that does not. */
export async function readServed(target: Target): Promise<HostFacts> {
  const facts = await target.facts(true);
  if (facts.serve !== undefined) return facts;
  const { facts: told } = await target.run(probeOptions(true));
  if (told.serve === undefined) throw cannotTell(target.host);
  return told;
}

export const isEmpty = ({ ours, former }: ServeChange) => ours.length === 0 && former.length === 0;

/** What is to be done; undefined when all is as it shall be. */
export function serveDue(facts: HostFacts, change: ServeChange): ServePlan | undefined {
  const plan = planServe(facts.serve?.config ?? {}, fqdnOf(facts), change);
  return plan.steps.length + plan.warnings.length === 0 && plan.cleaned === undefined ? undefined : plan;
}

/** One exec. Throws join-failed where the node serves something else after it. */
export async function applyServe(
  { host, ctx, run }: Target,
  facts: HostFacts,
  change: ServeChange,
  { cleaned, steps, warnings }: ServePlan,
): Promise<void> {
  for (const warning of warnings) ctx.warn(`${host}: ${warning}`);
  if (steps.length === 0 && cleaned === undefined) return;
  ctx.progress("changing what the node serves");
  const { output, facts: after } = await run({
    label: "serve",
    script: hostScript("serve"),
    args: [
      cleaned === undefined ? "" : sha256(facts.serve?.text ?? ""),
      ...steps.flatMap((step) => [
        step.act,
        FLAGS[step.protocol],
        String(step.port),
        step.act === "off" ? "" : step.to,
      ]),
    ],
    stdin: cleaned === undefined ? undefined : JSON.stringify(cleaned),
    // Each step has a minute.
    timeoutMs: 90_000 + steps.length * 60_000,
  });
  const config = after.serve?.config ?? {};
  const wrong = [
    ...differences(config, fqdnOf(after), change.ours),
    ...steps
      .filter(({ act, port }) => act === "off" && !change.ours.some((each) => each.port === port))
      .filter(({ port }) => servedAt(config, fqdnOf(after), port)?.to !== undefined)
      .map(({ port }) => `port ${port} is still served`),
  ];
  if (wrong.length > 0) throw notServed(host, wrong, output);
}

function notServed(host: string, wrong: readonly string[], output: string): MeshError {
  const said = excerpt(output, { lines: 4, max: 400 });
  return new MeshError({
    kind: "join-failed",
    host,
    message: `the node is in the mesh, and does not serve what is declared: ${wrong.join("; ")}${said === "" ? "" : ` (the client says: ${said})`}`,
    remedy:
      "See `tailscale serve status` on the host; https, tls and funnel have to be enabled for the tailnet (HTTPS certificates, in the admin console under DNS). Then run `pulumi up` again.",
  });
}

function cannotTell(host: string): MeshError {
  return new MeshError({
    kind: "join-failed",
    host,
    message: "the client does not tell what it serves (`tailscale serve status --json`)",
    remedy: "Run that on the host and look at what it prints; set install.min_version to a newer client.",
  });
}
