/** A stack driven by Pulumi's real CLI, with its configuration outside the program's folder. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import YAML from "yaml";
import { z } from "zod";
import type { Lab } from "../../../lab";

const ROOT = join(__dirname, "../../..");

export interface Run {
  readonly code: number;
  /** Both streams, as a user sees them. */
  readonly output: string;
  /** What the transport did: `connect` and `exec` lines of PULUMI_MESH_TRACE. */
  readonly trace: readonly TraceEvent[];
}

const traceSchema = z.object({
  event: z.string(),
  host: z.string(),
  label: z.string().optional(),
  at: z.string().optional(),
});
export type TraceEvent = z.output<typeof traceSchema>;

export interface StackOptions {
  /** Folder of the program; default: the root program. */
  readonly program?: string;
  /** Project name in that folder's Pulumi.yaml; default `pulumi-mesh`. */
  readonly project?: string;
  /** Environment beside the lab's: keys. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Files run in one process, each with its own copy of this module. */
const RUN = randomBytes(3).toString("hex");
let counter = 0;

export class Stack implements AsyncDisposable {
  readonly name = `t${RUN}x${++counter}`;
  readonly env: Record<string, string>;
  /** A command that runs Pulumi's: see `inNetworkOf`. Default: none. */
  runner: readonly string[] = [];
  private readonly scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-stack-"));
  private readonly program: string;
  private readonly project: string;
  private settings: Record<string, unknown> = {};

  private constructor(
    private readonly lab: Lab,
    options: StackOptions,
  ) {
    this.program = options.program ?? ROOT;
    this.project = options.project ?? "pulumi-mesh";
    this.env = { ...options.env };
  }

  static async create(lab: Lab, options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(lab, options);
    const { code, output } = await stack.run(["stack", "init", stack.name]);
    if (code !== 0) throw new Error(`stack init failed: ${output}`);
    const written = join(stack.program, `Pulumi.${stack.name}.yaml`);
    if (existsSync(written)) renameSync(written, stack.configFile);
    return stack;
  }

  /** Name by which another stack refers to this one. */
  get reference(): string {
    return `organization/${this.project}/${this.name}`;
  }

  /** Sets configuration keys of the project; undefined removes one. */
  configure(values: Readonly<Record<string, unknown>>): this {
    for (const [key, value] of Object.entries(values)) this.settings[`${this.project}:${key}`] = value;
    const current = existsSync(this.configFile)
      ? (YAML.parse(readFileSync(this.configFile, "utf8")) as object | null)
      : null;
    const config = Object.fromEntries(
      Object.entries(this.settings).filter(([, value]) => value !== undefined),
    );
    writeFileSync(this.configFile, YAML.stringify({ ...current, config }));
    return this;
  }

  /** Sets one value inside a configuration key, encrypted, as `pulumi config set --secret --path` does. */
  async configureSecret(path: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", "--path", `${this.project}:${path}`];
    const { code, output } = await this.run(
      [...args, "--stack", this.name, "--config-file", this.configFile],
      value,
    );
    if (code !== 0) throw new Error(`pulumi config set failed: ${output}`);
  }

  preview(...args: string[]): Promise<Run> {
    return this.operate("preview", "--diff=false", ...args);
  }

  up(...args: string[]): Promise<Run> {
    return this.operate("up", "--yes", "--skip-preview", ...args);
  }

  refresh(...args: string[]): Promise<Run> {
    return this.operate("refresh", "--yes", "--skip-preview", ...args);
  }

  destroy(...args: string[]): Promise<Run> {
    return this.operate("destroy", "--yes", "--skip-preview", ...args);
  }

  async mustUp(): Promise<Run> {
    const run = await this.up();
    if (run.code !== 0) throw new Error(`pulumi up failed:\n${run.output}`);
    return run;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { output } = await this.run(["stack", "output", "--json", "--show-secrets", "--stack", this.name]);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(output));
  }

  /** The state as the backend keeps it: secrets encrypted. */
  async state(): Promise<z.output<typeof stateSchema>> {
    const { output } = await this.run(["stack", "export", "--stack", this.name]);
    return stateSchema.parse(JSON.parse(output));
  }

  /** Puts another state in the place of the stack's, as if it had been written by another version. */
  async rewriteState(change: (resource: ExportedResource) => void): Promise<void> {
    const { output } = await this.run(["stack", "export", "--stack", this.name]);
    const state = exportSchema.parse(JSON.parse(output));
    for (const resource of state.deployment.resources) change(resource);
    const { code, output: said } = await this.run(
      ["stack", "import", "--stack", this.name],
      JSON.stringify(state),
    );
    if (code !== 0) throw new Error(`stack import failed: ${said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["stack", "rm", "--yes", "--force", "--stack", this.name]);
    rmSync(join(this.program, `Pulumi.${this.name}.yaml`), { force: true });
    rmSync(this.scratch, { recursive: true, force: true });
  }

  private get configFile(): string {
    return join(this.scratch, "Pulumi.stack.yaml");
  }

  private async operate(command: string, ...args: string[]): Promise<Run> {
    return this.run([
      command,
      "--stack",
      this.name,
      "--config-file",
      this.configFile,
      "--non-interactive",
      "--color=never",
      ...args,
    ]);
  }

  private async run(args: readonly string[], stdin?: string): Promise<Run> {
    const traceFile = join(this.scratch, "trace.jsonl");
    rmSync(traceFile, { force: true });
    const env = { ...process.env, ...this.lab.env, ...this.env, PULUMI_MESH_TRACE: traceFile };
    const [command = "", ...rest] = [...this.runner, "pulumi", ...args];
    const { code, output } = await spawnAndRead(command, rest, { cwd: this.program, env, stdin });
    const lines = existsSync(traceFile) ? readFileSync(traceFile, "utf8").trim().split("\n") : [];
    return { code, output, trace: lines.map((line) => traceSchema.parse(JSON.parse(line))) };
  }
}

const stateSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          inputs: z.record(z.string(), z.unknown()).optional(),
          outputs: z.record(z.string(), z.unknown()).optional(),
          initErrors: z.array(z.string()).optional(),
        }),
      )
      .default([]),
  }),
});

const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(
      z.looseObject({
        type: z.string(),
        inputs: z.record(z.string(), z.unknown()).optional(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
});
export type ExportedResource = z.output<typeof exportSchema>["deployment"]["resources"][number];

/** The number of connections, and the labels of the execs, for one host. */
export function roundTrips(
  { trace }: Pick<Run, "trace">,
  host: string,
): { connections: number; execs: string[] } {
  const own = trace.filter((event) => event.host === host);
  return {
    connections: own.filter(({ event }) => event === "connect").length,
    execs: own.flatMap(({ event, label }) => (event === "exec" && label !== undefined ? [label] : [])),
  };
}

/** Runs a program to its end; its two streams in the order in which they came. */
export function spawnAndRead(
  command: string,
  args: readonly string[],
  { stdin = "", ...options }: { cwd: string; env: NodeJS.ProcessEnv; stdin?: string },
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: "pipe" });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.on("error", () => undefined); // It may have ended without reading.
    child.stdin.end(stdin);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
