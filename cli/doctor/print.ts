/** Pure: the hosts side by side, what is on this machine, and a remedy for each fault. */
import type { Finding, Level } from "../../providers";
import type { Look } from "../../mesh/look/look";
import { formatProblems, type Told } from "../show/problems";
import { formatTable, type Cell } from "../show/table";
import { colourOf, type Terminal } from "../show/terminal";
import { listed } from "../show/names";
import { count, cut, pad } from "../show/text";
import { addressOf, findingsOf } from "./checks";

/** What was found on this machine, and of each host. */
export interface Examination {
  readonly from: string;
  readonly here: readonly Finding[];
  readonly looks: readonly Look[];
}

const MARKS: Readonly<Record<Level, string>> = { ok: "ok", warn: "warn", fault: "FAIL", unknown: "-" };

const fixed = (title: string) => ({ title, fixed: true });
const COLUMNS = [
  { title: "HOST" },
  { title: "ADDRESS" },
  ...["SSH", "KEY", "SUDO"].map(fixed),
  { title: "SYSTEM" },
  { title: "CLIENT" },
  ...["TUN", "PORTS", "CLOCK", "CONTROL"].map(fixed),
];

export function formatExamination(examination: Examination, terminal: Terminal): string {
  const { from, here, looks } = examination;
  const verdict = terminal.colour(isHealthy(examination) ? "green" : "red", verdictOf(examination));
  const table = formatTable(COLUMNS, looks.map(rowOf), terminal, 1);
  const problems = formatProblems(toldOf(examination), terminal);
  return [
    verdict,
    from,
    "",
    ...(here.length === 0 ? [] : [...here.map((finding, index) => hereLine(finding, index, terminal)), ""]),
    table,
    ...(problems === "" ? [] : ["", problems]),
  ].join("\n");
}

export function isHealthy({ here, looks }: Examination): boolean {
  return ![...here, ...looks.flatMap(findingsOf)].some(({ level }) => level === "fault");
}

/** The first line of the output. */
export function verdictOf({ here, looks }: Examination): string {
  const isFault = ({ level }: Finding) => level === "fault";
  const bad = looks.filter((look) => findingsOf(look).some(isFault)).map(({ host }) => host.name);
  const badHere = here.filter(isFault).map(({ check }) => check);
  const warnings = toldOf({ from: "", here, looks }).filter(({ level }) => level === "warn").length;
  const all = looks.length;
  const hosts =
    bad.length === 0
      ? all === 1
        ? "the host is ready"
        : `all ${all} hosts are ready`
      : `${bad.length} of ${count(all, "host")} ${bad.length === 1 ? "is" : "are"} not ready: ${listed(bad)}`;
  return [
    hosts,
    ...(badHere.length === 0 ? [] : [`not right here: ${badHere.join(", ")}`]),
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
  ].join("; ");
}

function hereLine({ check, level, text }: Finding, index: number, terminal: Terminal): string {
  const head = `${pad(index === 0 ? "here" : "", 4)}  ${pad(check, 9)} `;
  const mark = pad(MARKS[level], 4);
  return `${head}${terminal.colour(colourOf(level), mark)} ${cut(text, terminal.width - head.length - 5)}`.trimEnd();
}

function rowOf(look: Look): Cell[] {
  const cells = findingsOf(look).map(({ check, level, text }) => {
    const isText = level === "ok" && ["system", "client"].includes(check);
    return { text: isText ? text.split(/,| repository/)[0]! : MARKS[level], colour: colourOf(level) };
  });
  return [{ text: look.host.name }, { text: addressOf(look.host.connection) }, ...cells];
}

export function toldOf({ here, looks }: Examination): Told[] {
  const tell =
    (who: string) =>
    ({ check, level, text, remedy }: Finding): Told[] =>
      level === "fault" || level === "warn" ? [{ who, level, text: `${check}: ${text}`, remedy }] : [];
  return [
    ...here.flatMap(tell("here")),
    ...looks.flatMap((look) => [
      ...findingsOf(look).flatMap(tell(look.host.name)),
      ...look.warnings.map((text) => ({ who: look.host.name, level: "warn" as const, text })),
    ]),
  ];
}

/** What `--json` prints; of a connection nothing but its address. */
export function examinationAsJson(examination: Examination): object {
  const { from, here, looks } = examination;
  return {
    ok: isHealthy(examination),
    verdict: verdictOf(examination),
    from,
    here,
    hosts: looks.map((look) => ({
      name: look.host.name,
      address: addressOf(look.host.connection),
      findings: findingsOf(look),
      warnings: look.warnings,
      errorKind: look.error?.kind,
    })),
  };
}
