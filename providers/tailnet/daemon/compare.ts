/**
 * Pure: what tailscaled is started with, compared with what it shall be. A sentence for each difference.
 *
 * How it is kept, on every init system alike: one file of ours (`/etc/default/tailscaled-pulumi-mesh`, assignments that systemd and a
 * shell read in the same way), which the service reads after what others wrote, so that taking it away brings theirs back. What reads it
 * is a drop-in of systemd; our own runner, where we made the service (System V, runit, OpenRC, none); else one marked line in the file
 * that the service reads anyway (/etc/conf.d of OpenRC, as on Alpine). Packages know none of it, and no conffile of theirs is changed.
 * A service has one variable for flags: ours holds those of others, then ours, and is made anew when theirs change.
 * Read back is the running process (`lib/daemon-settings.sh`): its command line, its environment, the port that it has. One that does not
 * come back with new settings is started with the former ones by the same script, which has them aside until then.
 */
import { excerpt } from "../../../excerpt";
import type { StartedWith } from "../../../daemon";
import type { DaemonStatus } from "../probe/daemon";

/** None where all is as declared. */
export function daemonDifferences(
  found: DaemonStatus | undefined,
  wanted: StartedWith | undefined,
): string[] {
  if (wanted === undefined)
    return found === undefined ? [] : ["tailscaled is started with what is declared no more"];
  if (found === undefined) return ["tailscaled is not started with what is declared for it (daemon)"];
  const { file, lacks = [] } = found;
  const missing = wanted.flags.filter((flag) => !file.flags.includes(flag));
  const surplus = file.flags.filter((flag) => !wanted.flags.includes(flag));
  const names = [...new Set([...Object.keys(wanted.env), ...Object.keys(file.env)])];
  return [
    ...(file.port === wanted.port
      ? []
      : [`tailscaled is started with ${portOf(file)}, and ${portOf(wanted)} is declared`]),
    ...missing.map((flag) => `tailscaled is not started with ${flag}`),
    ...surplus.map((flag) => `tailscaled is started with ${excerpt(flag)}, which is not declared`),
    ...names
      .filter((name) => file.env[name] !== wanted.env[name])
      .map(
        (name) => `tailscaled is started with another ${excerpt(name)} in its environment than is declared`,
      ),
    ...lacks.map((line) => lackOf(line, wanted)),
  ];
}

const portOf = ({ port }: StartedWith) =>
  port === undefined ? "no port of ours" : `the port ${excerpt(port)}`;

/** A line of `lacking` in lib/daemon-settings.sh as a sentence. */
export function lackOf(line: string, { port }: Pick<StartedWith, "port">): string {
  const [what = "", value = ""] = line.split(" ");
  switch (what) {
    case "service":
      return "nothing has the service of tailscaled read what is declared for it any more";
    case "others":
      return "the flags that others have tailscaled started with have changed, and ours hide that";
    case "flag":
      return `the tailscaled that runs was not started with ${value}`;
    case "env":
      return `the tailscaled that runs has another ${value} in its environment`;
    case "port":
      return `the tailscaled that runs was started with the port ${value}`;
    case "taken":
      return `the tailscaled that runs does not listen at its port ${port ?? ""}`;
    case "node":
      return "the node did not come up again";
    default:
      return line;
  }
}
