/** Looks at a host for the command line: one exec, and for a host without questions none beside the probe. */
import type { Survey, SurveyOptions } from "../../survey";
import { SURVEY } from "../scripts/survey";
import type { Target } from "../target";
import { parseLinks } from "./links";
import { findControlServer, findNetwork } from "./network";
import { routesOf } from "./routes";
import { findSystem, installOf } from "./system";

/** A ping that nobody answers takes ten seconds, and sixteen go out at once. */
const TIMEOUT_MS = 180_000;

export async function survey(
  target: Target,
  {
    prerequisites = false,
    system = prerequisites,
    links = [],
  }: Pick<SurveyOptions, "prerequisites" | "system" | "links">,
): Promise<Survey> {
  const { host, config, network } = target;
  const seen =
    prerequisites || links.length > 0
      ? await target.run({
          label: "survey",
          script: SURVEY,
          args: [prerequisites ? network.loginServer : "", ...links],
          readOnly: true,
          timeoutMs: TIMEOUT_MS,
        })
      : undefined;
  const facts = seen?.facts ?? (await target.facts());
  const { mark } = facts;
  return {
    findings: [
      ...(system ? findSystem(host, facts, config.install) : []),
      ...(prerequisites
        ? [
            findNetwork(seen?.sections.get("netcheck")),
            findControlServer(seen?.sections.get("control"), network.loginServer),
          ]
        : []),
    ],
    ...(system ? installOf(facts, config.install) : {}),
    links: parseLinks(seen?.sections.get("links") ?? ""),
    ...(mark === undefined ? {} : { holder: { id: mark.id, label: mark.label } }),
    routes: await routesOf(target, facts),
  };
}
