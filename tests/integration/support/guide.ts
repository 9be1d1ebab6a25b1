/** A guide as its reader follows it: the blocks that are marked for it become one shell script, which runs on the lab. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { headscaleTool } from "../../../lab/control/releases";
import type { Lab } from "../../../lab";
import { toolPath } from "../../../lab/prepare/tools";
import { extractSnippets, readPage, type Snippet } from "../../support/pages";
import { packInto } from "./package";
import { spawnAndRead } from "./stack";

const LANGUAGES = ["sh", "yaml", "json", "ts", "js"];

/** What stands in the guide, and what stands in its place in the lab. */
export type Replacement = readonly [shown: string, real: string];

export class Reader implements Disposable {
  /** The reader's home, where the empty folder is made. */
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-mesh-guide-")));
  /** The control server's shell, where the blocks marked `server` run. */
  private readonly server = join(this.home, "server");
  private readonly bin = join(this.home, "bin");
  private readonly caFile = join(this.home, "ca.crt");

  constructor(private readonly lab: Lab) {
    for (const folder of [this.server, this.bin, join(this.home, ".ssh")]) mkdirSync(folder);
    cpSync(lab.identityFile, join(this.home, ".ssh/id_ed25519"));
    // The lab's authority beside this machine's own, by which npm may reach its registry.
    const authorities = [process.env["NODE_EXTRA_CA_CERTS"], lab.caFile].flatMap((file) => file ?? []);
    writeFileSync(this.caFile, authorities.map((file) => readFileSync(file, "utf8")).join("\n"));
    const headscale = toolPath(headscaleTool(lab.headscaleRelease));
    this.program("headscale", `exec ${headscale} --config ${lab.paths.headscaleConfig} "$@"`);
    const options = `-F none -i ${lab.identityFile} -o UserKnownHostsFile=${this.home}/.ssh/known_hosts`;
    this.program("ssh", `exec /usr/bin/ssh ${options} -o StrictHostKeyChecking=accept-new "$@"`);
  }

  /**
   * Follows the page to its end, and returns what was printed; throws with that at the first command that fails. Each
   * replacement has to occur in the page. Nobody is asked: what a reader confirms counts as confirmed.
   */
  async follow(page: string, replacements: readonly Replacement[]): Promise<string> {
    const tarball = join(this.home, await packInto(this.home));
    const script = replaceAll(scriptOf(stepsOf(page)), [
      ...replacements,
      ["npm install pulumi-mesh ", `npm install ${tarball} `],
      // It means the folder of the user who runs the tests, whatever HOME says.
      ["pulumi login --local", "pulumi login file://$HOME"],
    ]);
    writeFileSync(join(this.home, "guide.sh"), script);
    const { PULUMI_BACKEND_URL: _backend, ...env } = { ...process.env, ...this.lab.env };
    const { code, output } = await spawnAndRead("sh", ["-eu", join(this.home, "guide.sh")], {
      cwd: this.home,
      env: {
        ...env,
        HOME: this.home,
        NODE_EXTRA_CA_CERTS: this.caFile,
        PATH: `${this.bin}:${this.lab.env["PATH"]}`,
        SERVER: this.server,
        PULUMI_HOME: join(this.home, ".pulumi"),
        PULUMI_SKIP_CONFIRMATIONS: "true",
        npm_config_cache: join(homedir(), ".npm"),
        npm_config_prefer_offline: "true",
      },
    });
    if (code !== 0) throw new Error(`${page} could not be followed:\n${output}`);
    return output;
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private program(name: string, text: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
}

/** What the lab puts in place of a guide's examples of a network: the server, the domain, and the key of its packages. */
export function networkOf(lab: Lab): Replacement[] {
  const repositoryKey = JSON.stringify(readFileSync(lab.paths.repositoryKeyFile, "utf8"));
  return [
    ["https://headscale.example.com", lab.loginServer],
    [`tailnet_domain: "mesh.example.com",`, `$&\n        install: { repository_key: ${repositoryKey} },`],
    ["mesh.example.com", lab.baseDomain],
  ];
}

/** The blocks to follow: commands marked `run` or `server`, and every block that names a file. */
const stepsOf = (page: string) =>
  extractSnippets(readPage(page), page, LANGUAGES).filter(({ kind, note, language }) =>
    language === "sh" ? kind === "run" || kind === "server" : note !== undefined,
  );

/** Pure. */
function scriptOf(steps: readonly Snippet[]): string {
  return steps.map((step) => `echo "== ${step.place}"\n${commandOf(step)}`).join("\n");
}

function commandOf({ kind, note, language, text }: Snippet): string {
  const work = language === "sh" ? text : `cat > ${note} <<'END OF FILE'\n${text}END OF FILE\n`;
  // What the server prints last, an API key for instance, is what the reader copies.
  return kind === "server" ? `(cd "$SERVER"\n${work}) > "$SERVER/printed"\n` : work;
}

function replaceAll(script: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((text, [shown, real]) => {
    if (!text.includes(shown)) throw new Error(`the guide has no "${shown}"`);
    return text.split(shown).join(real.replaceAll("$&", shown));
  }, script);
}
