/** `pulumi-mesh report`: the mesh as one HTML page. */
import { EXIT } from "../failure";
import { findHosts, type DeclaredHost, type SourceOptions } from "../hosts";
import { loadProvider } from "../../mesh/load-provider";
import { lookAtAll } from "../look";
import { openTerminal } from "../show/terminal";
import { judge } from "../status/judge";
import { buildReport } from "./data";
import { renderPage } from "./page";
import { mayWrite, writePage } from "./write";

export interface ReportOptions extends SourceOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Links grow with the square of the hosts: from each, so many are measured at most. */
const MOST_LINKS = 60;

/** Resolves to the exit code: that of `status`; the page is written in any case. */
export async function report({ output, force, json, ...source }: ReportOptions): Promise<number> {
  const terminal = openTerminal();
  mayWrite(output, force === true);
  const declared = await findHosts(source);
  const targets = await Promise.all(declared.hosts.map(targetOf));
  const linksOf = (name: string) => {
    const own = declared.hosts.findIndex((host) => host.name === name);
    return targets.filter((_, index) => index !== own).slice(0, MOST_LINKS);
  };
  const looks = await lookAtAll(declared, {
    terminal,
    silent: json === true,
    linksOf,
    summarize: (look) => {
      const { level, state } = judge(look);
      return { level, text: state };
    },
  });
  const data = buildReport(looks, { from: declared.from, targets, made: new Date() });
  const file = writePage(output, renderPage(data));
  const { ok, verdict } = data;
  if (json === true) terminal.print(JSON.stringify({ ok, verdict, file }, undefined, 2));
  else terminal.print(`${terminal.colour(ok ? "green" : "red", verdict)}\n${file}`);
  return ok ? EXIT.right : EXIT.wrong;
}

/** An address that was recorded stays, whatever the node is called by now. */
async function targetOf({ addresses, provider, module, name, config }: DeclaredHost): Promise<string> {
  return addresses[0] ?? (await loadProvider(provider, module)).nodeFQDN(name, config);
}
