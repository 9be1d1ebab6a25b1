/** What the system's own ssh says when it does not get through, as the errors of this package. */
import { excerpt } from "../../excerpt";
import { DialFailure, WAIT } from "../dial-failure";
import { describeKeys, whereFrom, type Expectation } from "../ssh/expected-key";
import { shownIn } from "./trust";

/** What passes while a host boots or a network settles. */
const PASSING =
  /connection refused|timed out|no route to host|network is unreachable|connection reset|connection closed|closed by remote|temporary failure in name/i;

/** What too many connections at once can bring about. */
const CROWDED = /connection reset|closed by remote|connection closed by/i;

/** ssh's own words about what it does, and not about what went wrong. */
const NOISE = /^(debug\d:|OpenSSH_|Authenticated to |Warning: Permanently added|\s*$)/;

/** Pure: the failure of a dial that ended with ssh. */
export function explainEnd(log: string, target: string, expected: Expectation): DialFailure {
  const lines = log.split(/\r?\n/).filter((line) => !NOISE.test(line));
  const words = cut(lines.at(-1) ?? "ssh ended without a word");
  const failure = (kind: DialFailure["details"]["kind"], reason: string, remedy: string, heals = false) =>
    new DialFailure({ kind, remedy }, reason, heals);
  const text = lines.join("\n");

  if (/host key verification failed|REVOKED HOST KEY/i.test(text)) return explainHostKey(log, text, expected);
  if (/too many authentication failures/i.test(text))
    return failure(
      "authentication-failed",
      `${target} was refused: too many authentication failures`,
      "Name the key that the host knows with privateKeyPath, or with IdentityFile and IdentitiesOnly in ~/.ssh/config.",
    );
  const denied = lines.find((line) => /permission denied|account has expired/i.test(line));
  if (denied !== undefined)
    return failure(
      "authentication-failed",
      `${target} was refused (${cut(denied)})`,
      "See whether `ssh -o BatchMode=yes` with this host gets in: no password or passphrase is asked for; an agent can hold the key.",
    );
  const offer = lines.find((line) => /no matching .* found/i.test(line));
  if (offer !== undefined)
    return failure(
      "host-unreachable",
      cut(offer),
      "Let the host's sshd_config, or ~/.ssh/config here, offer one more.",
    );
  const unresolved = lines.find((line) => /could not resolve hostname/i.test(line));
  if (unresolved !== undefined && !PASSING.test(unresolved))
    return failure(
      "host-unreachable",
      cut(unresolved),
      "Correct the connection's host or its HostName in ~/.ssh/config, or wait for its DNS record.",
    );
  // The command of a ProxyCommand says what is wrong with it before ssh says that nothing came.
  const missing = lines.find((line) => /command not found|: not found|no such file/i.test(line));
  if (missing !== undefined)
    return failure("host-unreachable", cut(missing), "Correct the ProxyCommand or file in ~/.ssh/config.");
  const reason = cut(lines.slice(-2).join("; ")) || words;
  const details = { kind: "host-unreachable", remedy: WAIT } as const;
  return new DialFailure(details, reason, PASSING.test(text), CROWDED.test(text));
}

function explainHostKey(log: string, text: string, expected: Expectation): DialFailure {
  const mismatch = (reason: string, remedy: string) =>
    new DialFailure({ kind: "host-key-mismatch", remedy }, reason, false);
  // The ssh to a jump host ends, and then ours, to which nothing came.
  if (/UNKNOWN port|kex_exchange_identification/.test(text))
    return mismatch(
      "the key of a jump host is not known, or has changed",
      "Connect to the jump host once by hand (`ssh`), and compare the fingerprint that it tells.",
    );
  const shown = shownIn(log) ?? "a certificate";
  if (/REVOKED HOST KEY|is revoked/i.test(text))
    return mismatch(
      `the host shows ${shown}, which known_hosts marks as revoked`,
      "Give the host a new key, or find out who answers in its place.",
    );
  if (expected.keys.length === 0)
    return mismatch(
      `the host's key ${shown} is not known, and unknown keys are refused`,
      "Compare the fingerprint on the host, then set the connection's hostKey to its key, or add it to known_hosts.",
    );
  return mismatch(
    `${whereFrom(expected)} ${describeKeys(expected)}, but the host shows ${shown}`,
    "If the host was set up anew, set the connection's hostKey to its new key (/etc/ssh/ssh_host_*_key.pub), or correct known_hosts; if it was not, somebody else may be answering.",
  );
}

function cut(text: string): string {
  return excerpt(text, { max: 300 });
}
