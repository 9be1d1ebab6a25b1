/** What an API answered: its JSON, what it says is wrong, and what the answer is where it says nothing. Pure. */
import { z } from "zod";
import { clean, excerpt } from "../../excerpt";
import type { RawAnswer } from "./request";

export interface HttpAnswer {
  readonly status: number;
  /** 2xx, with JSON or nothing: a login page says 200, too. */
  readonly ok: boolean;
  /** What the server says is wrong, cleaned, without secrets, at most 200 characters. */
  readonly message: string;
  /** What kind of answer it is, without its values, which may be secrets: `a web page ("Sign in")`, `JSON with the keys a, b`. */
  readonly shape: string;
  /** True for an error as an API tells it: JSON with a message. A proxy's page, or its one line, is not. */
  readonly toldByApi: boolean;
  /** The JSON of the answer; undefined when it is none. */
  readonly value: unknown;
  /** The server's clock. */
  readonly date: Date | undefined;
}

/**
 * `message` of gRPC's gateway and of Tailscale; `detail` and `errors` of problem+json (RFC 9457); `error` of an OAuth server
 * (RFC 6749).
 */
const toldSchema = z.union([
  z.object({ message: z.string().min(1) }).transform(({ message }) => message),
  z
    .object({ detail: z.string().min(1), errors: z.array(z.object({ message: z.string() })).nullish() })
    .transform(({ detail, errors }) => [detail, ...(errors ?? []).map(({ message }) => message)].join(": ")),
  z
    .object({ error: z.string().regex(/^[a-z_]+$/), error_description: z.string().min(1) })
    .transform(({ error, error_description: text }) => `${text} (${error})`),
]);

export function readAnswer({ status, headers, text }: RawAnswer, secrets: Iterable<string>): HttpAnswer {
  const quote = (foreign: string) => excerpt(foreign.replace(/\s+/g, " "), { secrets });
  const value = parseJson(text);
  const told = toldSchema.safeParse(value);
  const shape = describe(value, text, quote);
  const plain =
    isPage(text) || text.trim() === "" ? `status ${status}, ${shape}` : excerpt(text, { secrets });
  return {
    status,
    ok: status >= 200 && status < 300 && (value !== undefined || text.trim() === ""),
    message: told.success ? quote(told.data) : plain,
    shape,
    toldByApi: told.success,
    value,
    date: parseDate(headers.date),
  };
}

function describe(value: unknown, text: string, quote: (foreign: string) => string): string {
  if (text.trim() === "") return "an empty answer";
  if (isPage(text)) {
    const title = quote(/<title>([^<]*)<\/title>/i.exec(text)?.[1] ?? "");
    return title === "" ? "a web page" : `a web page ("${title}")`;
  }
  if (value === undefined) return "a text that is no JSON";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "JSON that is no object";
  const keys = Object.keys(value);
  return keys.length === 0 ? "JSON without any key" : `JSON with the keys ${quote(keys.join(", "))}`;
}

const isPage = (text: string) => /^\s*</.test(text);

/** Names, tags and ids come to errors and progress lines: no text of it holds terminal commands. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, inner: unknown) =>
      typeof inner === "string" ? clean(inner) : inner,
    ) as unknown;
  } catch {
    // Empty, or a proxy's error page.
    return undefined;
  }
}

function parseDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
