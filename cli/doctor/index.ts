/** `pulumi-mesh doctor`: whether every host, and this machine, has what a join needs. */
import { EXIT } from "../failure";
import { findHosts, type SourceOptions } from "../hosts";
import { lookAtAll } from "../look";
import { openTerminal } from "../show/terminal";
import { count } from "../show/text";
import { checkHere } from "./access";
import { findingsOf } from "./checks";
import { examinationAsJson, formatExamination, isHealthy } from "./print";

export interface DoctorOptions extends SourceOptions {
  readonly json?: boolean;
}

/** Resolves to the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const terminal = openTerminal();
  const json = options.json === true;
  const declared = await findHosts(options, { withConfiguration: true });
  const [here, looks] = await Promise.all([
    checkHere(declared.hosts),
    lookAtAll(declared, {
      terminal,
      silent: json,
      prerequisites: true,
      summarize: (look) => {
        const faults = findingsOf(look).filter(({ level }) => level === "fault");
        return faults.length === 0
          ? { level: "ok", text: "ready" }
          : {
              level: "fault",
              text: `${count(faults.length, "fault")}: ${faults.map(({ check }) => check).join(", ")}`,
            };
      },
    }),
  ]);
  const examination = { from: declared.from, here, looks };
  terminal.print(
    json
      ? JSON.stringify(examinationAsJson(examination), undefined, 2)
      : formatExamination(examination, terminal),
  );
  return isHealthy(examination) ? EXIT.right : EXIT.wrong;
}
