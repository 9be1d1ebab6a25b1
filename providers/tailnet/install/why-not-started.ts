/** Pure: why a daemon does not start, from what its service printed: the first line that says why, among those that do not. */
import { excerpt } from "../../../excerpt";

/** What `bring_up` prints before the daemon's own words. */
export const NOT_STARTED = "tailscaled does not answer:";

/** Of systemd, of a daemon that starts as it should, or ends when it is told to, and its list of flags after one that it does not know. */
const NOISE =
  /^(#|Starting |Started |Stopp(ed|ing) |Job for |See "systemctl|Usage of |-|TPM: |LogID|logpolicy|Program starting|trying bootstrap|bootstrapDNS|logtail|dns: |link state|magicsock|wgengine|router: |control: |monitor: |ipnext: |tailscaled got signal|flushing log|logger closing|You have disabled logging)|^tailscaled\.service: (Deactivated|Scheduled|Main process exited|Control process exited|Failed with result|Consumed|Start request repeated|Failed to run)|^Failed to start tailscaled/;

/** The log's own time, where no journal takes it off. */
const STAMP = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;

const TELLING =
  /not defined|invalid|failed|fatal|panic|cannot|can't|unable|denied|no such|no space|already in use|error|corrupt|unexpected|missing|exit/i;

/** Undefined when nothing was printed by a daemon that was to start. */
export function whyNotStarted(output: string): string | undefined {
  const at = output.indexOf(NOT_STARTED);
  if (at < 0) return undefined;
  const words = output.slice(at + NOT_STARTED.length);
  const socket = otherSocket(words);
  if (socket !== undefined)
    return `tailscaled listens at ${socket}, where no client looks for it (FLAGS in /etc/default/tailscaled)`;
  const lines = words
    .split("\n")
    .map((line) => line.trim().replace(STAMP, ""))
    .filter((line) => line !== "" && !NOISE.test(line));
  const line = lines.find((each) => TELLING.test(each)) ?? lines[0];
  return line === undefined ? "it printed no reason" : excerpt(line, { max: 300 });
}

/** The last `--socket` counts. */
function otherSocket(words: string): string | undefined {
  const started = words.split("\n").findLast((line) => line.includes("Program starting"));
  const sockets = [...(started ?? "").matchAll(/--socket=([^"\s]+)/g)].map(([, path]) => path!);
  const last = sockets.at(-1);
  return last === undefined || last.endsWith("/run/tailscale/tailscaled.sock")
    ? undefined
    : excerpt(last, { max: 100 });
}
