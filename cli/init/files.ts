/** Pure: the files of a program that joins the hosts. */
import { stringify } from "yaml";
import { blockOf, hostsOf, type Answers } from "./answers";
import { has, put } from "./part";

export interface PlannedFile {
  readonly path: string;
  /** The text; `before` is what the file holds now. */
  readonly text: (before: string | undefined) => string;
  /** True where the present file will do. */
  readonly keep?: boolean;
  /** For a file of which a part alone is ours: what that is, and whether it is there already. */
  readonly part?: { readonly name: string; readonly isIn: (before: string) => boolean };
}

export interface Plan {
  readonly answers: Answers;
  /** The project's name, which configuration keys begin with. */
  readonly project: string;
  /** Whether there is a project already: then its program stays, and gets a module. */
  readonly exists: boolean;
  /** Of this package, and of Pulumi's SDK: ranges for package.json. */
  readonly versions: Readonly<Record<string, string>>;
}

const PROGRAM = (
  name: string,
) => `/** Joins the hosts of the stack's configuration to the network of stagecraft.yml. */
import * as pulumi from "@pulumi/pulumi";
import { loadStack, Mesh } from "pulumi-mesh";

const { network, hosts } = loadStack(new pulumi.Config());
${name}const mesh = new Mesh("mesh", { network, hosts });
`;

const NETWORK_COMMENT = "# The network that the hosts join. Keys: the names of variables, never the keys.\n";

export function planFiles({ answers, project, exists, versions }: Plan): PlannedFile[] {
  const { provider, stack } = answers;
  const network = { provider, providers: { [provider]: blockOf(answers) } };
  const always: PlannedFile[] = [
    partFile("stagecraft.yml", ["network"], "network", network, NETWORK_COMMENT),
    partFile(`Pulumi.${stack}.yaml`, ["config", `${project}:hosts`], "hosts", hostsOf(answers)),
  ];
  if (exists) return [...always, { path: "mesh.ts", text: () => PROGRAM("export ") }];
  return [
    ...always,
    { path: "Pulumi.yaml", text: () => stringify({ name: project, runtime: "nodejs" }) },
    {
      path: "index.ts",
      text: () =>
        `${PROGRAM("")}\n/** The FQDN of each node by its name. */\nexport const fqdns = mesh.fqdns;\n`,
    },
    {
      path: "package.json",
      keep: true,
      text: () =>
        json({
          name: project,
          private: true,
          main: "index.ts",
          dependencies: versions,
          devDependencies: { typescript: "^5.9.0" },
        }),
    },
    {
      path: "tsconfig.json",
      keep: true,
      text: () =>
        json({ compilerOptions: { target: "ES2022", module: "node16", strict: true, skipLibCheck: true } }),
    },
  ];
}

/** Everything else that stands in it stays: other tools' sections, the salt of the stack's secrets. */
function partFile(
  path: string,
  at: readonly string[],
  name: string,
  value: object,
  comment = "",
): PlannedFile {
  return {
    path,
    part: { name, isIn: (before) => has(before, path, at) },
    text: (before) => (before === undefined ? comment : "") + put(before ?? "", path, at, value),
  };
}

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
