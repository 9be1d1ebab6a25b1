/** The demo: a lab of three hosts, `pulumi up` of the root program, a ping through the mesh, and what to do next. */
import { join } from "node:path";
import { z } from "zod";
import { show } from "./demo/show";
import { API_KEY_VARIABLE, AUTH_KEY_VARIABLE, ensureStack, nodeName, STACK } from "./demo/stack";
import { isLabError, LabError } from "./error";
import { Lab } from "./lab";
import { NEWEST_CLIENT } from "./prepare/tools";
import { mustRun } from "./system/command";
import { projectRoot } from "./system/files";
import { logToStderr as log } from "./system/log";

const heading = (text: string) => void process.stdout.write(`\n--- ${text}\n`);

async function main(): Promise<void> {
  heading("a lab: three hosts, a control server, a package mirror");
  const lab = await Lab.up({ name: "demo", hosts: 3, clients: NEWEST_CLIENT, keep: true, log });
  const env = { ...process.env, ...lab.env };
  const config = await ensureStack(lab, env);

  heading("pulumi up: every host installs the client and joins");
  // The keys travel in the environment only; hosts that are in the mesh already need none.
  const keys = {
    [AUTH_KEY_VARIABLE]: await lab.authKey({ tags: ["prod"], reusable: true }),
    [API_KEY_VARIABLE]: await lab.apiKey(),
  };
  const pulumi = ["pulumi", "--cwd", projectRoot(), "--stack", STACK];
  await show([...pulumi, "up", "--yes", "--skip-preview", "--config-file", config], { ...env, ...keys });

  const output = await mustRun([...pulumi, "stack", "output", "fqdns", "--json"], { env });
  const fqdns = z.record(z.string(), z.string()).parse(JSON.parse(output));
  const target = fqdns[nodeName(2)] ?? "";
  heading(`from ${nodeName(0)} to ${target}`);
  await onHost(lab, ["tailscale", "ping", "-c", "3", target]);
  await onHost(lab, ["ping", "-c", "3", target]);

  heading("a report of the mesh");
  const page = join(lab.paths.root, "mesh.html");
  const report = [process.execPath, join(projectRoot(), "dist/cli/main.js"), "report"];
  await show([...report, "--stack", STACK, "--output", page], { ...env, ...keys });

  heading("look around");
  process.stdout.write(nextSteps(lab, config));
}

/** Runs a command on the first host, and shows what it says. */
async function onHost(lab: Lab, argv: readonly string[]): Promise<void> {
  const host = lab.hosts[0]?.name ?? "";
  const { code, stdout, stderr } = await lab.exec(host, argv);
  process.stdout.write(`$ ${argv.join(" ")}\n${stdout}${stderr}`);
  if (code !== 0) throw new LabError(`${argv.join(" ")} ended with ${code} on ${host}`);
}

function nextSteps(lab: Lab, config: string): string {
  return `  npm run lab -- exec host-1 tailscale status       the mesh as ${nodeName(0)} sees it
  ssh -i ${lab.identityFile} root@${lab.hosts[0]?.address ?? ""}
  eval "$(npm run -s lab -- env)"                   then, in this folder:
    pulumi stack output --stack ${STACK}
    pulumi preview --stack ${STACK} --diff --config-file ${config}
    npx pulumi-mesh status --stack ${STACK}
  npm run demo                                      once more: nothing to do
  npm run lab -- down                               takes everything down again
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${isLabError(error) ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
