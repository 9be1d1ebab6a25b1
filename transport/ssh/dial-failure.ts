/** What a failed dial means: its kind, what to do about it, and whether another try can heal it. */
import { excerpt } from "../../excerpt";
import { DialFailure, inSeconds, WAIT } from "../dial-failure";
import { OPENSSH } from "./key-files";

/** What is known of a dial when it fails. */
export interface DialReport {
  /** `user@host:port`. */
  readonly target: string;
  /** What ssh2 or the socket says; undefined when the server just closed the connection. */
  readonly error?: Error & { level?: string; code?: string | number; reason?: number };
  /** Milliseconds that one dial may take. */
  readonly timeoutMs: number;
  /** True once the host's key was checked and the login began. */
  readonly loggingIn: boolean;
  /** The server's words before the login; a booting host says there that it is not ready. */
  readonly banner: string;
  /** Names of the credentials that were refused, of those that were taken but do not suffice, and what the server accepts. */
  readonly tried: readonly string[];
  readonly taken?: readonly string[];
  readonly accepted: readonly string[];
  /** What must not be quoted: replaced before a text is cut. */
  readonly secrets?: readonly (string | undefined)[];
  /** The algorithms of both sides that were compared last. */
  readonly offers?: Offers;
}

export interface Offers {
  readonly local: string;
  readonly remote: string;
}

/** Socket errors that pass while a host boots or a network settles, in words; what came nearest to the host first. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection reset",
  ETIMEDOUT: "connection timed out",
  EHOSTUNREACH: "no route to the host",
  EHOSTDOWN: "host is down",
  ENETUNREACH: "no route to its network",
  ENETDOWN: "network is down",
  EAI_AGAIN: "the name service does not answer",
  EMFILE: "this machine allows no more open files",
  ENFILE: "this machine allows no more open files",
};

/** Those of them that too many connections at once can bring about. */
const CROWDED = ["ECONNRESET", "EPIPE", "EMFILE", "ENFILE"];

/** What sshd says before it hangs up on an account, whatever it shows; a host that boots or is busy says other things. */
const REFUSING = /\bhas expired\b|\baccount\b.*\b(locked|disabled)\b/i;

/** Pure. */
export function explainDial(given: DialReport): DialFailure {
  const report = { ...given, error: nearest(given.error) };
  const { error, target, timeoutMs, loggingIn } = report;
  const unreachable = (reason: string, heals: boolean, remedy = WAIT, crowded = false) =>
    new DialFailure({ kind: "host-unreachable", remedy, cause: error }, reason, heals, crowded);

  if (error === undefined && loggingIn && REFUSING.test(report.banner)) return explainWords(report);
  if (error === undefined || /^Connection lost before handshake/.test(error.message))
    return unreachable(
      `connection closed during the ${loggingIn ? "login" : "handshake"}${quote(report)}`,
      true,
      WAIT,
      !loggingIn,
    );
  if (error.level === "client-authentication" || /too many authentication failures/i.test(error.message))
    return explainRefusal(report);
  if (error.level === "client-timeout")
    return unreachable(`no answer within ${inSeconds(timeoutMs)} s`, true);
  const passing = PASSING[String(error.code)];
  if (passing !== undefined) return unreachable(passing, true, WAIT, CROWDED.includes(String(error.code)));
  if (error.code === "ENOTFOUND")
    return unreachable(
      `the name of ${target} does not resolve`,
      false,
      "Correct the connection's host, or wait for its DNS record.",
    );
  if (loggingIn && error.message.startsWith("Bad packet length"))
    return unreachable(
      "the host's banner is longer than this client takes (35 KB)",
      false,
      `Shorten the Banner of the host's sshd_config. ${OPENSSH}`,
    );
  if (error.level === "handshake" && report.offers !== undefined) return explainOffers(report);
  if (error.level === "handshake" || error.level === "protocol")
    return unreachable(
      `no SSH handshake: ${cut(error.message, report)}`,
      false,
      "See whether an SSH server answers at this port, and a recent one.",
    );
  return unreachable(cut(error.message, report), false);
}

/** A name with several addresses fails once for each of them: the error that came nearest to the host tells most. */
function nearest(error: DialReport["error"]): DialReport["error"] {
  if (error === undefined || !("errors" in error)) return error;
  const codes = Object.keys(PASSING);
  const rank = ({ code }: NodeJS.ErrnoException) => codes.indexOf(code ?? "") + 1 || codes.length + 1;
  return (error.errors as NodeJS.ErrnoException[]).toSorted((one, other) => rank(one) - rank(other))[0];
}

function explainWords(report: DialReport): DialFailure {
  const remedy =
    "Put the account right on the host (`chage -l` tells when it and its password expire), or connect as another user.";
  return new DialFailure(
    { kind: "authentication-failed", remedy },
    `${report.target} may not log in${quote(report)}`,
    false,
  );
}

/** The two sides have no algorithm in common: which it is about stands in the error. */
function explainOffers(report: DialReport): DialFailure {
  const { error, offers } = report;
  const what = cut(error!.message, report).replace(/^.*no matching /i, "");
  const remedy = `Let the host's sshd_config (KexAlgorithms, Ciphers, MACs, HostKeyAlgorithms) offer one more. ${OPENSSH}`;
  return new DialFailure(
    { kind: "host-unreachable", remedy, cause: error },
    `no ${what} in common: the host offers ${cut(offers!.remote, report)}; this client ${cut(offers!.local, report)}`,
    false,
  );
}

function explainRefusal(report: DialReport): DialFailure {
  const { tried, taken = [], target, error } = report;
  const accepted = report.accepted.map((name) => cut(name, report));
  const refused = (reason: string, remedy: string) =>
    new DialFailure({ kind: "authentication-failed", remedy, cause: error }, `${target} ${reason}`, false);
  if (/too many authentication failures/i.test(error?.message ?? ""))
    return refused(
      `was refused: too many authentication failures (${tried.join(", ")})${quote(report)}`,
      "Name the key that the host knows with privateKeyPath: it is tried before those of the agent.",
    );
  if (taken.length > 0) {
    const rest = tried.filter((name) => !taken.includes(name));
    const missing =
      rest.length === 0 ? `wants ${accepted.join(" or ")} as well` : `refused ${rest.join(", ")}`;
    return refused(
      `was not let in: the host took ${taken.join(", ")} and ${missing}${quote(report)}`,
      "Give the connection both, the key and the password; a code that changes cannot be given.",
    );
  }
  const offered = tried.length === 0 ? "has nothing to log in with" : `was refused (${tried.join(", ")})`;
  const accepts = accepted.length === 0 ? "" : `; the host accepts ${accepted.join(", ")}`;
  const remedy =
    tried.length === 0
      ? "Give the connection a privateKey, privateKeyPath, agentSocketPath or password that the host accepts."
      : "Check the user, and that its authorized_keys or its password on the host are the ones given here.";
  return refused(`${offered}${accepts}${quote(report)}`, remedy);
}

function quote(report: DialReport): string {
  const line = cut(report.banner, report);
  return line === "" ? "" : ` ("${line}")`;
}

/** What a host says, as one line of bounded length. */
function cut(text: string, { secrets }: DialReport): string {
  return excerpt(text.replaceAll(/\s+/g, " "), { secrets });
}
