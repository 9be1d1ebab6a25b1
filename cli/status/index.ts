/** `pulumi-mesh status`: the live nodes against what the stack says. */
import { EXIT } from "../failure";
import { findHosts, type SourceOptions } from "../hosts";
import { lookAtAll } from "../look";
import { openTerminal } from "../show/terminal";
import { isRight, judge, verdictOf } from "./judge";
import { formatStatus, hostAsJson } from "./print";

export interface StatusOptions extends SourceOptions {
  readonly json?: boolean;
}

/** Resolves to the exit code. */
export async function status(options: StatusOptions): Promise<number> {
  const terminal = openTerminal();
  const json = options.json === true;
  const declared = await findHosts(options);
  const looks = await lookAtAll(declared, {
    terminal,
    silent: json,
    summarize: (look) => {
      const { level, state } = judge(look);
      return { level, text: state };
    },
  });
  const judgements = looks.map(judge);
  const ok = judgements.every(isRight);
  const { from } = declared;
  terminal.print(
    json
      ? JSON.stringify(
          { ok, verdict: verdictOf(judgements), from, hosts: judgements.map(hostAsJson) },
          undefined,
          2,
        )
      : formatStatus(judgements, from, terminal),
  );
  return ok ? EXIT.right : EXIT.wrong;
}
