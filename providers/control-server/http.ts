/** HTTP for the control servers' APIs: a deadline, one retry, and errors that name the host and never hold a secret. */
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { isError, MeshError, messageOf, redact, type ErrorKind } from "../../errors";
import { giveAddressesTime } from "../../transport";

const REQUEST_TIMEOUT_MS = 15_000;
const RETRY_PAUSE_MS = 500;
/** The longest `Retry-After` that is waited for. */
const RETRY_PAUSE_MAX_MS = 10_000;
/** The connection broke while it was used; undici and Node name it in these ways. */
const BROKEN = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

export interface HttpOptions {
  /** As errors name it: `Headscale's API`. */
  readonly service: string;
  readonly baseUrl: string;
  /** The host that the calls are made for. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** What to do when the API cannot be reached, as a sentence. */
  readonly unreachableRemedy: string;
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

export interface HttpAnswer {
  readonly status: number;
  /** 2xx. */
  readonly ok: boolean;
  /** What the server says is wrong, without secrets; its `message`, else the start of the text. */
  readonly message: string;
  /** The JSON of the answer; undefined when it is none. */
  readonly value: unknown;
  /** The server's clock. */
  readonly date: Date | undefined;
}

export interface HttpClient {
  /** Any answer at all, whatever its status. Throws control-server when there is none within 15 s. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Parses an answer. Throws control-server when it is not of the expected shape. */
  parse<T>(schema: z.ZodType<T>, answer: HttpAnswer): T;
  /** A MeshError about the host, without secrets. */
  error(kind: ErrorKind, message: string, remedy: string): MeshError;
}

export function openHttp(options: HttpOptions): HttpClient {
  const { service, baseUrl, host, secrets } = options;
  giveAddressesTime();
  const hide = (text: string) => redact(text, secrets);
  const error = (kind: ErrorKind, message: string, remedy: string) =>
    new MeshError({ kind, host, message: hide(message), remedy });

  const once = async (request: HttpRequest): Promise<HttpAnswer & { readonly pauseMs: number }> => {
    const url = new URL(request.path, baseUrl);
    const response = await fetch(url, { ...buildInit(request), signal: signalFor(request, options.signal) });
    const text = await response.text();
    const value = parseJson(text);
    return {
      status: response.status,
      ok: response.ok,
      message: hide(sayWhy(value, text) || `status ${response.status}`),
      value,
      date: parseDate(response.headers.get("date")),
      pauseMs: pauseFor(response.headers.get("retry-after")),
    };
  };

  return {
    error,
    async send(request) {
      const { repeatable = true } = request;
      try {
        const answer = await once(request).catch(async (reason: unknown) => {
          if (!repeatable || !BROKEN.includes(codeOf(reason))) throw reason;
          await sleep(RETRY_PAUSE_MS);
          return once(request);
        });
        if (!isWorthAnother(answer.status, repeatable)) return answer;
        await sleep(answer.pauseMs);
        return await once(request);
      } catch (reason) {
        const why = failure(reason);
        throw error("control-server", `${service} at ${baseUrl}: ${why}`, options.unreachableRemedy);
      }
    },
    parse(schema, answer) {
      const result = schema.safeParse(answer.value);
      if (result.success) return result.data;
      const [issue] = result.error.issues;
      const where = issue === undefined ? "" : ` (at ${issue.path.join(".") || "its root"})`;
      throw error(
        "control-server",
        `${service} at ${baseUrl} gave an answer of another shape than expected${where}`,
        "Check that the address is the control server's, without a login page in front, and that its version is supported.",
      );
    },
  };
}

/** An API does not redirect: following would carry the request to another place. */
function buildInit({ method, bearer, body }: HttpRequest): RequestInit {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  if (body === undefined) return { method, redirect: "manual", headers: authorization };
  if (body instanceof URLSearchParams) return { method, redirect: "manual", headers: authorization, body };
  const headers = { ...authorization, "content-type": "application/json" };
  return { method, redirect: "manual", headers, body: JSON.stringify(body) };
}

function signalFor({ detached = false }: HttpRequest, signal: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return detached ? deadline : AbortSignal.any([signal, deadline]);
}

/** Pure: a gateway's trouble may pass; what was rate-limited was not carried out. */
function isWorthAnother(status: number, repeatable: boolean): boolean {
  return status === 429 || (repeatable && [502, 503, 504].includes(status));
}

function pauseFor(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? "");
  return seconds > 0 ? Math.min(seconds * 1000, RETRY_PAUSE_MAX_MS) : RETRY_PAUSE_MS;
}

function parseDate(text: string | null): Date | undefined {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Empty, or a proxy's error page.
    return undefined;
  }
}

/** Pure: the `message` of an API's error; else the first line of the text, unless that is a page. */
function sayWhy(value: unknown, text: string): string {
  const message =
    typeof value === "object" && value !== null && "message" in value ? value.message : undefined;
  if (typeof message === "string") return message;
  return /^\s*</.test(text) ? "" : text.trim().split("\n")[0]!.slice(0, 200);
}

/** fetch says "fetch failed", and why in its cause. */
function causeOf(reason: unknown): unknown {
  return isError(reason) && reason.cause !== undefined ? reason.cause : reason;
}

function codeOf(reason: unknown): string {
  const cause = causeOf(reason);
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

function failure(reason: unknown): string {
  if (isError(reason) && reason.name === "TimeoutError")
    return `no answer within ${REQUEST_TIMEOUT_MS / 1000} s`;
  return messageOf(causeOf(reason)) || codeOf(reason) || "no answer";
}
