/** Pure: the status of all hosts, for people and for programs. */
import type { Routes } from "../../providers";
import { formatProblems, type Told } from "../show/problems";
import { formatTable, type Cell } from "../show/table";
import { colourOf, type Terminal } from "../show/terminal";
import { ownDeclaration, type Look } from "../../mesh/look/look";
import { isHeldByOther, isRight, verdictOf, type Judgement } from "./judge";

const COLUMNS = [
  { title: "HOST" },
  ...["STATE", "ADDRESS", "VERSION"].map((title) => ({ title, fixed: true })),
  ...["TAG:", "EXPIRES", "ROUTES", "HOLDER"].map((title) => ({ title })),
];

export function formatStatus(judgements: readonly Judgement[], from: string, terminal: Terminal): string {
  const wrong = judgements.some((each) => !isRight(each));
  const verdict = terminal.colour(wrong ? "red" : "green", verdictOf(judgements));
  const table = formatTable(COLUMNS, judgements.map(rowOf), terminal);
  const problems = formatProblems(judgements.flatMap(toldOf), terminal);
  return [verdict, whereOf(judgements, from), "", table, ...(problems === "" ? [] : ["", problems])].join(
    "\n",
  );
}

/** `stack prod: headscale, mesh.example.com`. */
export function whereOf(judgements: readonly Pick<Judgement, "look">[], from: string): string {
  const unique = (values: string[]) => [...new Set(values)].join(", ");
  const providers = unique(judgements.map(({ look }) => look.host.provider));
  const domains = unique(judgements.map(({ look }) => look.expected.split(".").slice(1).join(".")));
  return `${from}: ${providers}, ${domains}`;
}

function rowOf({ look, level, state }: Judgement): Cell[] {
  const { node, survey } = look;
  return [
    { text: look.host.name },
    { text: state, colour: colourOf(level) },
    { text: node?.addresses[0] ?? "-" },
    { text: node?.clientVersion || "-" },
    { text: node === undefined ? "-" : node.tags.map((tag) => tag.replace(/^tag:/, "")).join(" ") || "none" },
    { text: node === undefined ? "-" : expiryOf(node.keyExpiry, new Date()) },
    { text: routesOf(survey?.routes) },
    { text: holderOf(look) },
  ];
}

/** `never`, `expired`, `in 12 d`. */
export function expiryOf(keyExpiry: string | undefined, now: Date): string {
  if (keyExpiry === undefined) return "never";
  const days = Math.floor((Date.parse(keyExpiry) - now.getTime()) / (24 * 60 * 60 * 1000));
  return days < 0 ? "expired" : `in ${days} d`;
}

/** `2/3`: of three offered routes two are approved; `?/3`: that is not known. */
export function routesOf(routes: Routes | undefined): string {
  if (routes === undefined || routes.advertised.length === 0) return "-";
  const { advertised, approved } = routes;
  const count = approved === undefined ? "?" : advertised.filter((route) => approved.includes(route)).length;
  return `${count}/${advertised.length}`;
}

/** Who holds the host, in a word; whom exactly the problems say. */
export function holderOf(look: Look): string {
  const { host, survey } = look;
  if (survey === undefined) return "-";
  if (survey.holder === undefined) return "nobody";
  if (isHeldByOther(look)) return "another";
  return host.recorded ? "ours" : (survey.holder.label.split("::")[0]?.split(":").at(-1) ?? "-");
}

export function toldOf({ look, problems }: Judgement): Told[] {
  const who = look.host.name;
  return [
    ...problems.map((problem) => ({ who, level: "fault" as const, ...problem })),
    ...look.warnings.map((text) => ({ who, level: "warn" as const, text })),
  ];
}

/** What `--json` prints of a host: chosen fields only, so that no secret of its connection is among them. */
export function hostAsJson({ look, level, state, problems }: Judgement): object {
  const { host, node, survey, error } = look;
  return {
    name: host.name,
    level,
    state,
    expectedFqdn: look.expected,
    fqdn: node?.fqdn,
    addresses: node?.addresses,
    nodeId: node?.nodeId,
    clientVersion: node?.clientVersion,
    installedBy: node?.installedBy,
    tags: node?.tags,
    declaredTags: host.tags,
    keyExpiry: node?.keyExpiry,
    routes: survey?.routes,
    holder: survey?.holder && {
      label: survey.holder.label,
      isThisStack: host.recorded && survey.holder.id === ownDeclaration(host)?.id,
    },
    problems,
    warnings: look.warnings,
    errorKind: error?.kind,
  };
}
