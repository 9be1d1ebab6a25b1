/** Pulumi's real command line, over a program of a folder: with the Node that is asked for, and a state of its own. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureTools } from "../../../lab/prepare/build-tools";
import { ensureEnvironment, missingPulumiTools } from "../../../lab/scenario/environment";
import { labPaths } from "../../../lab/paths";
import type { Folder, Ran } from "./folder";

export class Pulumi {
  private constructor(
    private readonly bin: string,
    private readonly pulumi: string,
  ) {}

  /** Its programs, in a folder of tools. */
  static async create(tools: Folder): Promise<Pulumi> {
    const paths = { ...labPaths("styles"), bin: join(tools.path, "bin"), pulumi: join(tools.path, "pulumi") };
    const path = process.env["PATH"] ?? "";
    await ensureTools(missingPulumiTools(path, paths.bin), (text) => process.stderr.write(`${text}\n`));
    await ensureEnvironment(paths, path);
    return new Pulumi(paths.bin, paths.pulumi);
  }

  /** What a preview of a new stack prints, with its details where `diff` is true; `before` is what the command begins with: `yarn exec`. */
  preview(
    folder: Folder,
    below: string,
    main: string,
    node: string,
    { before = [], diff = false }: { readonly before?: readonly string[]; readonly diff?: boolean } = {},
  ): Ran {
    folder.write({ [`${below}/Pulumi.yaml`]: `name: program\nruntime: nodejs\nmain: ${main}\n` });
    const backend = join(folder.path, below, "backend");
    mkdirSync(backend, { recursive: true });
    const settings = [
      `PATH=${dirname(node)}:${this.bin}:${process.env["PATH"]}`,
      `PULUMI_HOME=${this.pulumi}`,
      `PULUMI_BACKEND_URL=file://${backend}`,
      ...["PULUMI_CONFIG_PASSPHRASE=style", "PULUMI_SKIP_UPDATE_CHECK=true"],
    ];
    const run = (...args: string[]) => folder.run(below, "env", ...settings, ...before, "pulumi", ...args);
    run("stack", "select", "--create", "dev");
    return run("preview", "--stack", "dev", "--non-interactive", `--diff=${diff}`);
  }
}
