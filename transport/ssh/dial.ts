/** Dials a host once: connection, key exchange, host key, login. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import { ADDRESS_ATTEMPT } from "../addresses";
import { DialFailure } from "../dial-failure";
import { KEEPALIVE, watchAlive } from "./alive";
import { closeClient } from "./close";
import { nextCredential, type Credential } from "./credentials";
import { explainDial, type DialReport, type Offers } from "./dial-failure";
import { objectTo, type Expectation } from "./expected-key";
import { formatHostKey, orderAlgorithms } from "./host-key";
import { countRoundTrips } from "./round-trips";

/** A host to dial, with all that the login takes. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credentials: readonly Credential[];
  readonly expected: Expectation;
}

export interface Dialled {
  readonly client: Client;
  /** The key the host showed, `type base64`. */
  readonly hostKey: string;
  /** Of the connection so far, that it was opened included. */
  readonly roundTrips: () => number;
  /** Resolves when the connection is gone. */
  readonly close: () => Promise<void>;
}

export interface DialOptions {
  /** The way there, where a jump host gave one. */
  readonly sock?: Duplex;
  /** The login included; 0 is no limit. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Dials `hop`. Rejects with a DialFailure, or when aborted. */
export function dial(hop: Hop, { timeoutMs, signal, ...options }: DialOptions): Promise<Dialled> {
  const { host, port, user, credentials, expected } = hop;
  const { sock = connect({ host, port, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT }) } = options;
  const client = new Client();
  const roundTrips = countRoundTrips(sock);
  const tried: Credential[] = [];
  const taken: Credential[] = [];
  const report = {
    target: `${user}@${host}:${port}`,
    timeoutMs,
    loggingIn: false,
    banner: "",
    accepted: [] as string[],
    offers: undefined as Offers | undefined,
    secrets: credentials.flatMap(({ method }) => (method.type === "password" ? [method.password] : [])),
  };
  let hostKey = "";
  let asked = false;
  let refusal: DialFailure | undefined;

  return new Promise<Dialled>((resolve, reject) => {
    const settle = (finish: () => void) => {
      signal?.removeEventListener("abort", abort);
      client.removeListener("close", onClose);
      finish();
    };
    const giveUp = (reason: Error) =>
      settle(() => {
        client.destroy();
        sock.destroy();
        reject(reason);
      });
    const explain = (error?: DialReport["error"]) =>
      refusal ?? explainDial({ ...report, error, tried: namesOf(tried), taken: namesOf(taken) });
    const abort = () => giveUp(new Error("aborted", { cause: signal?.reason }));
    const onClose = () => giveUp(explain());

    signal?.addEventListener("abort", abort, { once: true });
    client
      .on("ready", () => {
        watchAlive(client, sock);
        settle(() => resolve({ client, hostKey, roundTrips, close: () => closeClient(client, sock) }));
      })
      .on("handshake", () => (report.loggingIn = true))
      .on("banner", (text) => (report.banner = text))
      // Stays for good: an error without a listener would end the process. An agent's failure is not the login's.
      .on("error", (error: DialReport["error"]) => {
        if (error?.level !== "agent") giveUp(explain(error));
      })
      .on("change password", () => giveUp(expired(report.target)))
      .once("connect", () => client.setNoDelay(true))
      .on("close", onClose)
      .connect({
        sock,
        username: user,
        readyTimeout: timeoutMs,
        ...KEEPALIVE,
        // The only way to learn what the host offers.
        debug: (line) => {
          if (!report.loggingIn) report.offers = readOffer(line, report.offers);
        },
        algorithms: { serverHostKey: orderAlgorithms(expected.keys) },
        hostVerifier: (blob: Buffer) => {
          hostKey = formatHostKey(blob);
          const objection = objectTo(hostKey, expected);
          if (objection === undefined) return true;
          const { message, remedy } = objection;
          refusal = new DialFailure({ kind: "host-key-mismatch", remedy }, message, false);
          return false;
        },
        // `none` tells what the server accepts, so that no attempt is wasted on what it does not. It costs a round trip: a host
        // that is reached with a key, and with nothing else, is asked so only after the key, for there are some that take it.
        authHandler: (accepted, partial, next) => {
          report.accepted = accepted ?? [];
          if (partial && tried.length > 0) taken.push(tried.at(-1)!);
          // The key that was tried unasked: where no key is taken, it was not refused.
          if (
            !asked &&
            accepted !== null &&
            tried.length === 1 &&
            !accepted.includes("publickey") &&
            !partial
          )
            tried.pop();
          const credential =
            accepted === null ? firstKey(credentials) : nextCredential(credentials, tried, accepted);
          if (credential === undefined && (asked || taken.length > 0)) return next(false as never);
          if (credential === undefined) {
            asked = true;
            return next({ type: "none", username: user });
          }
          tried.push(credential);
          next(credential.method);
        },
      });
  });
}

/** The named key, where keys are all there is. */
function firstKey(credentials: readonly Credential[]): Credential | undefined {
  const [first] = credentials;
  const isKey = first !== undefined && first.name !== "agent";
  return isKey && credentials.every(({ needs }) => needs === "publickey") ? first : undefined;
}

/** `Handshake: (local) KEX method: a,b`, then the same of the remote side. */
function readOffer(line: string, known: Offers | undefined): Offers | undefined {
  const [, side, list] = /^Handshake: \((local|remote)\) [^:]+: (.*)$/.exec(line) ?? [];
  if (side === undefined || list === undefined) return known;
  return side === "local" ? { local: list, remote: "" } : { local: known?.local ?? "", remote: list };
}

/** An RSA key is tried with two signatures. */
function namesOf(credentials: readonly Credential[]): string[] {
  return [...new Set(credentials.map(({ name }) => name))];
}

function expired(target: string): DialFailure {
  const remedy = "Log in once by hand and set a new one, or use a key.";
  return new DialFailure(
    { kind: "authentication-failed", remedy },
    `the password of ${target} has expired`,
    false,
  );
}
