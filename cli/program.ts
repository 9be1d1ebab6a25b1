/** The commands and their options: parsed by commander, carried out by what is loaded then. */
import { Command } from "commander";
import type { InitOptions } from "./init";
import type { ReportOptions } from "./report";

/** How a parsed command ends: with its exit code. */
export type Done = (code: number) => void;

export function buildProgram(version: string, done: Done): Command {
  const program = new Command("pulumi-mesh")
    .description("Look at the mesh that a Pulumi stack joins its hosts to. No command changes a host.")
    .version(version)
    .helpCommand(false)
    .showHelpAfterError("(--help tells how to call it)")
    .configureHelp({ helpWidth: 80 })
    .exitOverride();

  withSource(program.command("status"))
    .description("compare the live nodes with what the stack says")
    .action(async (options: object) => {
      const { status } = await import("./status/index.js");
      done(await status(options));
    });
  withSource(program.command("doctor"))
    .description("see whether every host, and this machine, has what a join needs")
    .action(async (options: object) => {
      const { doctor } = await import("./doctor/index.js");
      done(await doctor(options));
    });
  withSource(program.command("report"))
    .description("make one HTML page of the mesh: picture, links, hosts, what is wrong")
    .option("-o, --output <path>", "where to write it", "mesh-report.html")
    .option("--force", "write over a file that is no report")
    .action(async (options: ReportOptions) => {
      const { report } = await import("./report/index.js");
      done(await report(options));
    });
  program
    .command("init")
    .description(
      "write a network, hosts and a program to start from; asks what the flags do\nnot say, where there is a terminal",
    )
    .option("--provider <id>", "tailscale or headscale")
    .option("--login-server <url>", "Headscale's URL")
    .option("--tailnet-domain <domain>", "the tailnet's MagicDNS domain")
    .option("--api-key-env <name>", "the variable with a key of the control server's API")
    .option("--auth-key-env <name>", "the variable with an auth key")
    .option("--tag <tag>", "a tag of every host; may be repeated", collect)
    .option("--host <name=user@address>", "a host; may be repeated", collect)
    .option("-s, --stack <name>", "the stack whose configuration gets the hosts (default: dev)")
    .option("--force", "write over files that are there")
    .option("--json", "print one JSON object, and ask nothing")
    .action(async (options: InitOptions) => {
      const { init } = await import("./init/index.js");
      done(await init(options));
    });
  return program.addHelpText(
    "after",
    "\nExit codes: 0 all is right, 1 something in the mesh is wrong, 2 the command could\nnot do its work as it was called.",
  );
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function withSource(command: Command): Command {
  return command
    .option("-s, --stack <name>", "take the hosts from this stack (default: the selected one)")
    .option(
      "-f, --file <path>",
      "take the hosts from a file: a stack's configuration, or a\nYAML file with the sections network and hosts",
    )
    .option("--json", "print one JSON object");
}
