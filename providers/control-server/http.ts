/** HTTP for the control servers' APIs: a deadline, retries that heal, and errors that name the host and never hold a secret. */
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { isError, MeshError, messageOf, redact, type ErrorKind } from "../../errors";
import { excerpt } from "../../excerpt";
import { readAnswer, type HttpAnswer } from "./answer";
import { isInClear } from "./in-clear";
import { inTurn, pauseAll } from "./pace";
import { sendRaw, type RawRequest } from "./request";

export type { HttpAnswer };

const REQUEST_TIMEOUT_MS = 15_000;
const RETRY_PAUSE_MS = 500;
/** The longest `Retry-After` that is waited for, and how long one call waits for the rate limit in all. */
const RETRY_PAUSE_MAX_MS = 30_000;
const RATE_PATIENCE_MS = 90_000;
/** The connection broke while it was used. */
const BROKEN = ["ECONNRESET", "EPIPE"];

export interface HttpOptions {
  /** As errors name it: `Headscale's API`. */
  readonly service: string;
  readonly baseUrl: string;
  /** The host that the calls are made for. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** What to do when the API cannot be reached, as a sentence that is true in any operation. */
  readonly unreachableRemedy: string;
  /** What to do when the API itself says that it failed; the same. */
  readonly troubleRemedy: string;
  /** What to do when something else answers in its place; the same. */
  readonly addressRemedy: string;
  /** Replaced in all errors; more can be added while calls go on. */
  readonly secrets: Set<string>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its leading slash, encoded; may have a query. */
  readonly path: string;
  readonly bearer?: string;
  /** Sent as a form when it is URLSearchParams, else as JSON. */
  readonly body?: unknown;
  /** False when a second call would do something twice: then a broken connection is an error at once. Default true. */
  readonly repeatable?: boolean;
  /** Goes on when the run is cancelled: for cleaning up. */
  readonly detached?: boolean;
}

/** As `send` of an HttpClient, with a control server's own credentials and base path. */
export type Send = (
  method: HttpRequest["method"],
  path: string,
  options?: Pick<HttpRequest, "body" | "repeatable" | "detached">,
) => Promise<HttpAnswer>;

export interface HttpClient {
  /**
   * Any answer at all, whatever its status. Throws control-server when there is none within 15 s, and invalid-config
   * instead of sending a key in clear: over plain http it goes to this machine itself, and nowhere else.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Parses an answer. Throws control-server when it is not of the expected shape. */
  parse<T>(schema: z.ZodType<T>, answer: HttpAnswer): T;
  /** A MeshError about the host, without secrets. */
  error(kind: ErrorKind, message: string, remedy: string): MeshError;
  /** The control-server error for an answer without success that has no other meaning; `what`: `list the nodes`. */
  refusal(what: string, answer: HttpAnswer): MeshError;
}

export function openHttp(options: HttpOptions): HttpClient {
  const { service, baseUrl, host, secrets } = options;
  const error = (kind: ErrorKind, message: string, remedy: string) =>
    new MeshError({ kind, host, message: redact(message, secrets), remedy });

  const once = async (request: HttpRequest): Promise<HttpAnswer & { readonly pauseMs: number }> => {
    const url = new URL(request.path, baseUrl);
    const cancelled = request.detached === true ? NEVER : options.signal;
    const raw = await inTurn(baseUrl, cancelled, () =>
      sendRaw(url, { ...buildRequest(request), signal: signalFor(request, options.signal) }),
    );
    const pauseMs = pauseFor(raw.headers["retry-after"], raw.headers.date);
    if (raw.status === TOO_MANY) pauseAll(baseUrl, pauseMs);
    return { ...readAnswer(raw, secrets), pauseMs };
  };
  /** What was rate-limited was not carried out: again, when all may. */
  const whileLimited = async (request: HttpRequest) => {
    let limitedSince: number | undefined; // the wait for its turn is none of its own
    for (;;) {
      const answer = await once(request);
      if (answer.status !== TOO_MANY) return answer;
      limitedSince ??= performance.now();
      if (performance.now() - limitedSince + answer.pauseMs > RATE_PATIENCE_MS) return answer;
    }
  };

  return {
    error,
    async send(request) {
      const { repeatable = true } = request;
      // A body may hold a key, too.
      const isSecret = request.bearer !== undefined || request.body !== undefined;
      if (isSecret && isInClear(baseUrl))
        throw error("invalid-config", inClear(service, baseUrl), HTTPS_REMEDY);
      try {
        const answer = await whileLimited(request).catch(async (reason: unknown) => {
          if (!repeatable || !BROKEN.includes(codeOf(reason))) throw reason;
          await sleep(RETRY_PAUSE_MS);
          return whileLimited(request);
        });
        // A gateway's trouble may pass.
        if (!repeatable || !GATEWAY.includes(answer.status)) return answer;
        await sleep(answer.pauseMs);
        return await whileLimited(request);
      } catch (reason) {
        const why = excerpt(failure(reason), { lines: 2, secrets });
        throw error("control-server", `${service} at ${baseUrl}: ${why}`, options.unreachableRemedy);
      }
    },
    parse(schema, answer) {
      const result = schema.safeParse(answer.value);
      if (result.success) return result.data;
      const [issue] = result.error.issues;
      const where = issue === undefined ? "" : `, wrong at ${issue.path.join(".") || "its root"}`;
      throw error(
        "control-server",
        `${service} at ${baseUrl} gave an answer of another shape than expected: ${answer.shape}${where}`,
        options.addressRemedy,
      );
    },
    refusal(what, answer) {
      const { status, message } = answer;
      const said = message.startsWith("status ") ? message : `status ${status}, "${message}"`;
      if (GATEWAY.includes(status))
        return error("control-server", `${service} did not ${what}: ${said}`, options.unreachableRemedy);
      if (answer.toldByApi && status !== 404)
        return error("control-server", `${service} did not ${what}: ${message}`, options.troubleRemedy);
      const instead = `${baseUrl} answered with ${said}, which is not what this API says`;
      return error("control-server", `${service} did not ${what}: ${instead}`, options.addressRemedy);
    },
  };
}

const HTTPS_REMEDY =
  "Give the server's address as https://..., or run this on the server itself and use http://127.0.0.1.";

const inClear = (service: string, baseUrl: string) =>
  `${service} at ${baseUrl} was not asked: over plain http the API key would go in clear`;

function buildRequest({ method, bearer, body }: HttpRequest): Omit<RawRequest, "signal"> {
  // Tailscale's policy is JSON with comments unless one asks for JSON.
  const common = {
    accept: "application/json",
    ...(bearer === undefined ? undefined : { authorization: `Bearer ${bearer}` }),
  };
  if (body === undefined) return { method, headers: common };
  const [type, text] =
    body instanceof URLSearchParams
      ? ["application/x-www-form-urlencoded", body.toString()]
      : ["application/json", JSON.stringify(body)];
  return { method, headers: { ...common, "content-type": type }, body: text };
}

function signalFor({ detached = false }: HttpRequest, signal: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return detached ? deadline : AbortSignal.any([signal, deadline]);
}

/** What a proxy says of a server behind it. */
const GATEWAY = [502, 503, 504];

const TOO_MANY = 429;
const NEVER = new AbortController().signal;

/** Pure: `Retry-After` has seconds, or a date by the server's clock. */
function pauseFor(retryAfter = "", now = ""): number {
  const seconds = Number(retryAfter);
  const until = Number.isNaN(seconds)
    ? Date.parse(retryAfter) - (Date.parse(now) || Date.now())
    : seconds * 1000;
  return until > 0 ? Math.min(until, RETRY_PAUSE_MAX_MS) : RETRY_PAUSE_MS;
}

function codeOf(reason: unknown): string {
  return typeof reason === "object" && reason !== null && "code" in reason ? String(reason.code) : "";
}

/** Where a name has several addresses, an AggregateError without a message tells of each. */
function failure(reason: unknown): string {
  if (isError(reason) && reason.name === "TimeoutError")
    return `no answer within ${REQUEST_TIMEOUT_MS / 1000} s`;
  const each = (reason as Partial<AggregateError>).errors;
  if (Array.isArray(each)) return [...new Set(each.map(messageOf))].join("\n");
  return messageOf(reason) || codeOf(reason) || "no answer";
}
