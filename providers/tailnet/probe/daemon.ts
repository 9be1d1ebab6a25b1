/** What a probe tells of the settings that we have tailscaled started with; a host that has none prints nothing. */
import type { StartedWith } from "../../../daemon";
import { excerpt } from "../../../excerpt";

export interface DaemonStatus {
  /** What our file on the host says. */
  readonly file: StartedWith;
  /** What of it is not in force, in the words of the script (`flag --verbose=1`); undefined where the script did not look. */
  readonly lacks: readonly string[] | undefined;
}

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)="(.*)"$/;

/** What we keep beside others' flags: the same in one variable, as the service reads it. */
const MERGED = ["FLAGS", "TAILSCALED_OPTS"];

/** Pure: the sections `daemon-settings` and `daemon-lacks` of a probe. */
export function parseDaemon(text: string | undefined, lacks: string | undefined): DaemonStatus | undefined {
  if (text === undefined) return undefined;
  const lines = text.split("\n").map((line) => line.trim());
  const flags = lines.flatMap((line) => /^# flags: (.*)$/.exec(line)?.[1]?.split(" ") ?? []);
  const values = lines.flatMap((line) => {
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    return name === undefined || MERGED.includes(name)
      ? []
      : [[name, (value ?? "").replace(/\\([\\"$`])/g, "$1")] as const];
  });
  const { PORT: port, ...env } = Object.fromEntries(values);
  return {
    file: { ...(port === undefined ? {} : { port }), flags: flags.filter(Boolean).sort(), env },
    lacks: lacks
      ?.split("\n")
      .filter(Boolean)
      .map((line) => excerpt(line, { max: 200 })),
  };
}
