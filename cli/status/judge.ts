/** Pure: what a look at a host means, and what to do about it. */
import type { Level } from "../../providers";
import { ownDeclaration, type Look } from "../../mesh/look/look";
import { listed } from "../show/names";
import { count } from "../show/text";

export type State = "joined" | "drift" | "down" | "not joined" | "out of reach" | "unknown";

export interface Problem {
  readonly text: string;
  readonly remedy?: string;
}

export interface Judgement {
  readonly look: Look;
  readonly level: Level;
  readonly state: State;
  /** Why it is not right. */
  readonly problems: readonly Problem[];
}

const UP = "Run `pulumi up`.";
const REFRESH = "Run `pulumi up --refresh`, which puts it right.";
const HELD =
  "Remove one of the two declarations; to take the host back, run `pulumi up --replace` with this one's URN.";

export function judge(look: Look): Judgement {
  const { error, joined, host, drift, warnings, node } = look;
  const level: Level = warnings.length > 0 ? "warn" : "ok";
  if (error !== undefined) {
    const state = look.reached ? "unknown" : "out of reach";
    return { look, level: "fault", state, problems: [{ text: error.detail, remedy: error.remedy }] };
  }
  if (joined === false) {
    const text = host.recorded ? "the host is not joined any more" : "the host is not joined";
    return {
      look,
      level: "fault",
      state: "not joined",
      problems: [{ text, remedy: host.recorded ? REFRESH : UP }],
    };
  }
  const problems = drift.map((text) => ({
    text,
    remedy: isHeldByOther(look) ? HELD : host.recorded ? REFRESH : UP,
  }));
  if (problems.length > 0)
    return {
      look,
      level: "fault",
      state: node !== undefined ? "drift" : host.recorded ? "down" : "not joined",
      problems,
    };
  if (joined === undefined) return { look, level: "unknown", state: "unknown", problems: [] };
  return { look, level, state: "joined", problems: [] };
}

/** Whether another declaration holds a host of the stack's state. */
export function isHeldByOther({ host, survey }: Look): boolean {
  return host.recorded && survey?.holder !== undefined && survey.holder.id !== ownDeclaration(host)?.id;
}

/** Nothing that is known is wrong. */
export function isRight({ level }: Judgement): boolean {
  return level !== "fault";
}

/** The first line of the output. */
export function verdictOf(judgements: readonly Judgement[]): string {
  const named = (level: Level) =>
    judgements.filter((each) => each.level === level).map(({ look }) => look.host.name);
  const [wrong, unknown] = [named("fault"), named("unknown")];
  const warnings = judgements.reduce((sum, { look }) => sum + look.warnings.length, 0);
  const all = judgements.length;
  const are = (names: readonly string[]) =>
    `${names.length} of ${count(all, "host")} ${names.length === 1 ? "is" : "are"}`;
  const well = all === 1 ? "the host is as declared" : `all ${all} hosts are as declared`;
  return [
    ...(wrong.length > 0 ? [`${are(wrong)} not as declared: ${listed(wrong)}`] : []),
    ...(unknown.length > 0 ? [`${are(unknown)} not known: ${listed(unknown)}`] : []),
    ...(wrong.length + unknown.length === 0 ? [well] : []),
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
  ].join("; ");
}
