/** What the client prints as JSON, for facts: of the expected shape, and fit to be quoted. */
import { z } from "zod";
import { MeshError } from "../../../errors";
import { clean } from "../../../excerpt";
import { JSON_LIMIT } from "../scripts/constants";

/** Characters that are kept of a text: of the longest warnings that the client has. */
const LONGEST = 1_000;

/**
 * Undefined for no text at all. Throws join-failed for what is no JSON, or of another shape, and names the command. Texts in it
 * come out cleaned and cut.
 */
export function parseJson<T>(
  host: string,
  schema: z.ZodType<T>,
  command: string,
  text: string | undefined,
): T | undefined {
  if (text === undefined || text === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, inner: unknown) =>
      typeof inner === "string" ? clean(inner).slice(0, LONGEST) : inner,
    );
  } catch (cause) {
    const what =
      text.length >= JSON_LIMIT * 0.9 ? `more than ${JSON_LIMIT / 1e6} MB` : "something that is not JSON";
    throw unreadable(host, `\`${command}\` printed ${what}`, cause);
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw unreadable(host, `the JSON of \`${command}\` does not have the expected shape`, result.error);
  return result.data;
}

/** As `parseJson`, for what a client need not print: undefined for anything but an object. */
export function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseJson("", z.record(z.string(), z.unknown()), "tailscale", text);
  } catch {
    return undefined;
  }
}

export function unreadable(host: string, message: string, cause?: unknown): MeshError {
  return new MeshError({
    kind: "join-failed",
    host,
    message,
    remedy:
      "Run `tailscale status --json` on the host and look at what it prints; `tailscale` older than 1.50 is not supported.",
    cause,
  });
}
