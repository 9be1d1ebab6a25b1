/** A host's clock that is wrong: to it certificates and signatures look expired, or not valid yet. */
import { MeshError, type ErrorKind } from "../../../errors";
import type { HostFacts } from "./facts";

/** Below this nothing breaks, and the host's answer may be on its way for a while. */
const TOLERANCE_S = 10 * 60;

const UNITS = [
  ["year", 365 * 24 * 60 * 60],
  ["day", 24 * 60 * 60],
  ["hour", 60 * 60],
  ["minute", 60],
] as const;

/** Pure: how the two clocks differ; undefined when they agree, or the host did not tell its time. Either may be the wrong one. */
export function clockSkew({ clock }: HostFacts): string | undefined {
  if (clock === undefined) return undefined;
  const ahead = (clock.there.getTime() - clock.here.getTime()) / 1000;
  const apart = Math.abs(ahead);
  if (apart < TOLERANCE_S) return undefined;
  // As a person would say it: 26 hours, but 3 days.
  const [unit, seconds] = UNITS.find(([, length]) => apart >= 2 * length) ?? UNITS[3];
  const direction = ahead > 0 ? "ahead of" : "behind";
  return `the host's clock is ${Math.round(apart / seconds)} ${unit}s ${direction} this machine's (${minute(clock.there)} there, ${minute(clock.here)} here)`;
}

const minute = (time: Date) => `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;

export const SET_CLOCK =
  "Set the one that is wrong (on the host `timedatectl set-ntp true`, or `date --set`), then run `pulumi up` again.";

/** Pure: what a user should hear of a wrong clock even where nothing has failed yet. */
export function clockWarning(host: string, facts: HostFacts): string | undefined {
  const skew = clockSkew(facts);
  if (skew === undefined) return undefined;
  return `${host}: ${skew}, and to a wrong clock certificates and signatures look expired or not valid yet. ${SET_CLOCK}`;
}

/** What the host judges by its own clock: the repository's certificate and signature, and the control server's certificate. */
const JUDGED_BY_HOST: readonly ErrorKind[] = ["install-failed", "control-server", "join-failed", "timed-out"];
const VALIDITY = /certificate|x509|signature|not signed|expired|not( yet)? valid|not yet activated/i;

/** Pure: the same error; when it is about something's validity and the clocks differ, one that says so, and what to do first. */
export function blameClock(error: MeshError, facts: HostFacts): MeshError {
  const skew = clockSkew(facts);
  if (skew === undefined || !JUDGED_BY_HOST.includes(error.kind) || !VALIDITY.test(error.detail))
    return error;
  return new MeshError({
    kind: error.kind,
    host: error.host,
    message: `${error.detail}; ${skew}`,
    remedy: `${SET_CLOCK} If it is not that: ${error.remedy}`,
    cause: error.cause,
  });
}
