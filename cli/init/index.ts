/** `pulumi-mesh init`: a network, hosts and a program to start from, that work. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { findProject, isProject } from "../../config";
import { EXIT, UsageFailure } from "../failure";
import { readManifest } from "../manifest";
import { openTerminal } from "../show/terminal";
import { ask, complete, type Given } from "./ask";
import { planFiles } from "./files";
import { nextSteps } from "./next";
import { writeFiles } from "./write";

export interface InitOptions extends Omit<Given, "tags" | "hosts"> {
  readonly tag?: readonly string[];
  readonly host?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Resolves to the exit code. */
export async function init({
  tag,
  host,
  force = false,
  json = false,
  ...flags
}: InitOptions): Promise<number> {
  const terminal = openTerminal();
  const folder = process.cwd();
  const project = readProject(folder);
  const given = { ...flags, tags: tag, hosts: host };
  const isAsked = process.stdin.isTTY && !json;
  const answers = isAsked
    ? await ask(withoutAbsent(given), process.stdin, process.stderr)
    : complete(withoutAbsent(given));
  const files = planFiles({
    answers,
    project: project ?? nameFor(folder),
    exists: project !== undefined,
    versions: readVersions(),
  });
  const { written, kept } = writeFiles(folder, files, force);
  const next = nextSteps(answers, {
    exists: project !== undefined,
    hasManifest: kept.includes("package.json"),
  });
  terminal.print(
    json
      ? JSON.stringify({ ok: true, written, kept, next: next.map(({ command }) => command) }, undefined, 2)
      : [
          terminal.colour("green", `wrote ${written.join(", ")}`),
          ...(kept.length === 0 ? [] : [`kept ${kept.join(", ")}`]),
          "",
          "next:",
          ...next.map(({ command, why }) => `  ${why === undefined ? command : `${command}  # ${why}`}`),
        ].join("\n"),
  );
  return EXIT.right;
}

function withoutAbsent(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const projectSchema = z.object({
  name: z.string(),
  runtime: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]),
});

/** The name of the project in this very folder; undefined where there is none. */
function readProject(folder: string): string | undefined {
  if (!isProject(folder)) {
    const above = findProject(folder);
    if (above !== undefined) throw new UsageFailure(`${above} holds a Pulumi project: run this there`);
    return undefined;
  }
  const result = projectSchema.safeParse(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")));
  if (!result.success) throw new UsageFailure("Pulumi.yaml in this folder names no project and runtime");
  const { name, runtime } = result.data;
  if (runtime !== "nodejs")
    throw new UsageFailure(`the project in this folder runs on ${runtime}, and pulumi-mesh is for nodejs`);
  return name;
}

/** As Pulumi and npm both take it. */
function nameFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name === "" || name === "pulumi-mesh" ? "mesh" : name;
}

function readVersions(): Record<string, string> {
  const { version, peerDependencies } = readManifest();
  return { "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"] ?? "^3", "pulumi-mesh": `^${version}` };
}
