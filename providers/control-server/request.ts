/** One HTTP request as Node's own client sends it: no redirect is followed, and every address of a name gets its time. */
import { request as requestPlain, type IncomingHttpHeaders } from "node:http";
import { request as requestSecure } from "node:https";

/**
 * Milliseconds. `fetch` gives each address of a name 250 ms and then drops it, so that an API far away is never reached when
 * its name has a dead address, too (nodejs/node#54359); it has no setting of its own for that. In this time a SYN that got
 * lost is sent again.
 */
const ADDRESS_ATTEMPT_MS = 2_000;

export interface RawRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Bytes: the nodes of the largest tailnet are a tenth of it, and this process keeps an answer whole. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/** Rejects with what broke, or the signal's reason. */
export function sendRaw(url: URL, { method, headers, body = "", signal }: RawRequest): Promise<RawAnswer> {
  const send = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise<RawAnswer>((resolve, reject) => {
    const fail = (error: unknown) => reject(signal.aborted ? (signal.reason as Error) : (error as Error));
    const options = { method, headers, signal, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS };
    send(url, options, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response
        .on("data", (part: Buffer) => {
          size += part.length;
          if (size <= ANSWER_LIMIT) parts.push(part);
          else response.destroy(new Error(`it answered with more than ${ANSWER_LIMIT / 1024 / 1024} MiB`));
        })
        .on("error", fail)
        .on("end", () => {
          const { statusCode: status = 0 } = response;
          resolve({ status, headers: response.headers, text: Buffer.concat(parts).toString() });
        });
    })
      .on("error", fail)
      .end(body);
  });
}
