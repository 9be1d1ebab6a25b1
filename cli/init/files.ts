/** Pure: the files of a program that joins the hosts. */
import { parseDocument, stringify } from "yaml";
import { blockOf, hostsOf, type Answers } from "./answers";

export interface PlannedFile {
  readonly path: string;
  /** The text; `before` is what the file holds now. */
  readonly text: (before: string | undefined) => string;
  /** True where the present file will do. */
  readonly keep?: boolean;
  /** For a file of which a part alone is ours: whether that part is there already. */
  readonly holdsOurs?: (before: string) => boolean;
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

export function planFiles({ answers, project, exists, versions }: Plan): PlannedFile[] {
  const { provider, stack } = answers;
  const network = { provider, providers: { [provider]: blockOf(answers) } };
  const always: PlannedFile[] = [
    {
      path: "stagecraft.yml",
      text: () =>
        `# The network that the hosts join. Keys: the names of variables, never the keys.\n${stringify({ network })}`,
    },
    stackFile(stack, `${project}:hosts`, hostsOf(answers)),
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

/** Everything else that stands in it stays: the salt of the stack's secrets, for one. */
function stackFile(stack: string, key: string, hosts: object): PlannedFile {
  return {
    path: `Pulumi.${stack}.yaml`,
    holdsOurs: (before) => parseDocument(before).hasIn(["config", key]),
    text: (before = "") => {
      const document = parseDocument(before);
      document.setIn(["config", key], document.createNode(hosts));
      return document.toString();
    },
  };
}

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
