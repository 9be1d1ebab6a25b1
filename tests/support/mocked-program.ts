/** Runs a TypeScript program of Pulumi's under its mocks, in this process, and records what it registers. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import ts from "typescript";

export interface MockedProgram {
  /** The program's file; what it imports is found from there. */
  readonly file: string;
  readonly project: string;
  /** Stack configuration, without the project's name. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What a StackReference hands over, by the referenced stack's name. */
  readonly references: Readonly<Record<string, StackOutputs>>;
  /** What a resource outputs beside its inputs, by its name. */
  readonly outputs: (name: string) => Record<string, unknown>;
}

export interface StackOutputs {
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of those that are secret. */
  readonly secrets: readonly string[];
}

/** A resource as the engine is asked to register it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Names of the inputs that are secret. */
  readonly secrets: readonly string[];
  /** URNs of the resources that it waits for, by input. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

export interface Outcome {
  readonly registered: readonly Registered[];
  /** The values of what the program exports. */
  readonly exported: Readonly<Record<string, unknown>>;
}

export async function runMocked(program: MockedProgram): Promise<Outcome> {
  const { file, project, config, references } = program;
  const load = createRequire(file);
  const pulumi = load("@pulumi/pulumi") as typeof Pulumi;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, id, inputs: given }) => {
        if (type === "pulumi:pulumi:StackReference") return { id, state: refer(references[id!]!, id!) };
        return { id: name, state: { ...(given as object), ...program.outputs(name) } };
      },
      call: () => ({}),
    },
    project,
  );
  const texts = Object.entries(config).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
  const requests = record(pulumi);
  const exports = evaluate(file, load);
  const values = pulumi.output(exports) as unknown as Pulumi.Output<Record<string, unknown>>;
  const exported = await new Promise<Record<string, unknown>>((resolve) => values.apply(resolve));
  return { registered: requests.map(describe), exported };
}

const refer = ({ values, secrets }: StackOutputs, name: string) => ({
  name,
  outputs: values,
  secretOutputNames: secrets,
});

/** The requests to register a resource, from now on. */
function record(pulumi: typeof Pulumi): RegisterResourceRequest[] {
  const requests: RegisterResourceRequest[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: RegisterResourceRequest, ...rest: unknown[]) => unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    requests.push(request);
    return register(request, ...rest);
  };
  return requests;
}

/** By this key the SDK marks a value as secret on its way to the engine. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function describe(request: RegisterResourceRequest): Registered {
  const sent = Object.entries(request.getObject()!.toJavaScript() as Record<string, unknown>);
  const isSecret = (value: unknown): value is { value: unknown } =>
    typeof value === "object" && value !== null && SIGNATURE in value;
  const dependenciesOf = (key: string) => request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? [];
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: Object.fromEntries(sent.map(([key, value]) => [key, isSecret(value) ? value.value : value])),
    secrets: sent.filter(([, value]) => isSecret(value)).map(([key]) => key),
    dependencies: Object.fromEntries(sent.map(([key]) => [key, dependenciesOf(key)])),
  };
}

/** As Pulumi's language host does: compiled, and run as a CommonJS module. */
function evaluate(file: string, load: NodeJS.Require): Record<string, unknown> {
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exports = {};
  // In the realm of the SDK, which does not know another one's lists (as those of node:vm) for lists.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the example's own text
  const program = new Function("require", "exports", outputText) as (
    require: NodeJS.Require,
    exports: object,
  ) => void;
  program(load, exports);
  return exports;
}
