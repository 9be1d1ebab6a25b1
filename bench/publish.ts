/** Writes what was measured: the raw data, a page with tables of medians and their spread, and a plot. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { run } from "../lab/system/command";
import { projectRoot } from "../lab/system/files";
import type { Sample } from "./measure";
import { plotOf } from "./plot";
import { best, rowsOf, tableOf, type Row } from "./table";

/** The page's sections, by the parts that they show. */
const SECTIONS: readonly (readonly [title: string, text: string, parts: readonly string[]])[] = [
  [
    "Converged hosts",
    "Every host is asked how it is. `ours`: the handlers of a refresh, in a process of their own; `ssh -P`: the same question by `xargs` and OpenSSH's `ssh`; pyinfra: `pyinfra exec`. All of it whole processes, through the same relay. `ours / best ssh` is the ratio of the medians.",
    ["converged"],
  ],
  [
    "Cold install and join",
    "Hosts that were just booted: the package repository, the client, the login. `ours`: the handlers of a create; the script does no more than that, and reads nothing back.",
    ["cold"],
  ],
  [
    "Pulumi's operations",
    "`ours`: hosts whose every step is one question over SSH; `floor`: as many dynamic resources that do nothing. `--parallel 256` for both.",
    ["preview", "up", "refresh", "unchanged up", "destroy"],
  ],
  [
    "The engine's `--parallel`",
    "A refresh of far hosts; the default is four handlers for each core at a time.",
    ["parallel"],
  ],
  ["From `pulumi up` to the first SSH packet", "One host, one step after the other.", ["first packet"]],
  [
    "Footprint",
    "The state file's bytes by host, the stack's own entries included; the memory of the process that reads so many hosts, and its time for each; what a program waits for when it loads the package, after Pulumi's SDK.",
    ["state", "memory", "per host", "import"],
  ],
  [
    "The control server's API",
    "What one process asks a real Headscale for all its hosts, with so many nodes registered there (put into its database, but for the booted ones). A refresh of so many hosts and a join of the booted ones, an auth key made for each, by the handlers over SSH. `at most`: two calls, and one more for each 50 hosts.",
    ["API of a refresh", "API of a join"],
  ],
];

/** What an earlier run measured of other parts, or with other settings, stays. */
export async function publish(measured: readonly Sample[], skipped: readonly string[]): Promise<void> {
  const docs = (name: string) => join(projectRoot(), "docs", name);
  const now = new Set(measured.map(keyOf));
  const samples = [
    ...formerSamples(docs("benchmarks.json")).filter((sample) => !now.has(keyOf(sample))),
    ...measured,
  ];
  const rows = rowsOf(samples);
  const machine = await describeMachine(samples);
  writeFileSync(docs("benchmarks.json"), `${JSON.stringify({ machine, skipped, samples }, undefined, 1)}\n`);
  const head = readFileSync(join(projectRoot(), "bench/benchmarks.head.md"), "utf8").trimEnd();
  const parts = SECTIONS.flatMap(([title, text, names]) => {
    const own = withRatio(rows.filter(({ part }) => names.includes(part)));
    return own.length === 0 ? [] : [`## ${title}\n\n${text}\n\n${tableOf(own)}`];
  });
  const notMeasured =
    skipped.length === 0 ? [] : [`## Not measured\n\n${skipped.map((why) => `- ${why}`).join("\n")}`];
  const facts = Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`);
  const page = [head, "## The machine", facts.join("\n"), ...parts, ...notMeasured].join("\n\n");
  writeFileSync(docs("benchmarks.md"), `${page}\n`);
  const converged = rows.filter(({ part }) => part === "converged");
  if (converged.length > 0) writeFileSync(docs("images/benchmarks.svg"), plotOf(converged));
}

function keyOf({ part, at }: Sample): string {
  return JSON.stringify([part, at]);
}

function formerSamples(file: string): readonly Sample[] {
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")) as { samples: Sample[] }).samples;
}

/** Our median against the best raw ssh, where there is one. */
function withRatio(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => {
    const [ours, raw] = [best(row, "ours"), best(row, "ssh")];
    if (ours === undefined || raw === undefined) return row;
    const ratio = ours.median / raw.median;
    const cell = { median: ratio, least: ratio, most: ratio, unit: "x" };
    return { ...row, cells: new Map([...row.cells, ["ours / best ssh", cell]]) };
  });
}

async function describeMachine(samples: readonly Sample[]): Promise<Record<string, string>> {
  const versionOf = async (...command: string[]) => {
    const { stdout, stderr } = await run(command);
    return (stdout.trim() || stderr.trim()).split("\n")[0] ?? "";
  };
  const loads = samples.map(({ load }) => load);
  const { version } = JSON.parse(
    readFileSync(join(projectRoot(), "node_modules/@pulumi/pulumi/package.json"), "utf8"),
  ) as { version: string };
  return {
    measured: new Date().toISOString().slice(0, 10),
    processor: `${availableParallelism()} of ${cpus()[0]?.model ?? "unknown"}; all hosts run on the same machine`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    kernel: release(),
    load: `${Math.min(...loads)} to ${Math.max(...loads)} (the one-minute average, what is measured included)`,
    node: process.version,
    "@pulumi/pulumi": version,
    ssh: await versionOf("ssh", "-V"),
  };
}
