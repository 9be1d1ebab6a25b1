/** Pure: what the page shows, as plain data: chosen fields only, so that no secret can be among them. */
import type { Level, Link, Routes } from "../../providers";
import { judge, type Judgement, type Problem, type State } from "../status/judge";
import { isRight, verdictOf } from "../status/judge";
import { holderOf, whereOf } from "../status/print";
import type { Look } from "../../mesh/look/look";

export interface ReportHost {
  readonly name: string;
  readonly level: Level;
  readonly state: State;
  readonly fqdn: string;
  readonly addresses: readonly string[];
  readonly version: string;
  readonly installedBy: string;
  readonly tags: readonly string[];
  /** RFC 3339; absent when the key does not expire. */
  readonly keyExpiry?: string;
  readonly isNode: boolean;
  readonly routes?: Routes;
  readonly holder: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** What one host found of another; by their places in `hosts`. */
export interface ReportLink extends Pick<Link, "via" | "latencyMs" | "detail"> {
  readonly from: number;
  readonly to: number;
}

export interface ReportData {
  readonly ok: boolean;
  readonly verdict: string;
  /** `stack prod: headscale, mesh.example.com`. */
  readonly where: string;
  readonly made: Date;
  readonly hosts: readonly ReportHost[];
  readonly links: readonly ReportLink[];
}

/** `targets` are what each host is called where links are measured, in the order of the looks. */
export function buildReport(
  looks: readonly Look[],
  {
    from,
    targets,
    made,
  }: { readonly from: string; readonly targets: readonly string[]; readonly made: Date },
): ReportData {
  const judgements = looks.map(judge);
  return {
    ok: judgements.every(isRight),
    verdict: verdictOf(judgements),
    where: whereOf(judgements, from),
    made,
    hosts: judgements.map(hostOf),
    links: looks.flatMap(({ survey }, index) =>
      (survey?.links ?? []).flatMap(({ to, via, latencyMs, detail }) => {
        const place = targets.indexOf(to);
        return place < 0 ? [] : [{ from: index, to: place, via, latencyMs, detail }];
      }),
    ),
  };
}

function hostOf({ look, level, state, problems }: Judgement): ReportHost {
  const { host, node, survey, expected, warnings } = look;
  return {
    name: host.name,
    level,
    state,
    fqdn: node?.fqdn ?? expected,
    addresses: node?.addresses ?? [],
    version: node?.clientVersion ?? "",
    installedBy: node?.installedBy ?? "",
    tags: node?.tags ?? [],
    ...(node?.keyExpiry === undefined ? {} : { keyExpiry: node.keyExpiry }),
    isNode: node !== undefined,
    routes: survey?.routes,
    holder: holderOf(look).replace(/^ours$/, "this stack"),
    problems,
    warnings,
  };
}

/** The better of the two directions between two hosts; undefined where neither was measured. */
export function pairOf(links: readonly ReportLink[], a: number, b: number): ReportLink | undefined {
  const between = links.filter(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  const rank = { direct: 0, relay: 1, none: 2 };
  return between.toSorted(
    (one, other) => rank[one.via] - rank[other.via] || (one.latencyMs ?? 0) - (other.latencyMs ?? 0),
  )[0];
}

/** `direct, 1 ms`, `by relay lab, 12 ms`, `no answer`. */
export function describeLink(link: Pick<ReportLink, "via" | "latencyMs" | "detail"> | undefined): string {
  if (link === undefined) return "not measured";
  if (link.via === "none") return `no answer${link.detail === undefined ? "" : `: ${link.detail}`}`;
  const way = link.via === "direct" ? "direct" : `by relay${link.detail ? ` ${link.detail}` : ""}`;
  return `${way}, ${formatLatency(link.latencyMs)}`;
}

export function formatLatency(latencyMs: number | undefined): string {
  if (latencyMs === undefined) return "? ms";
  return latencyMs < 1 ? "<1 ms" : `${Math.round(latencyMs)} ms`;
}
