/** A control server's API for unit tests: a local HTTP server with an answer for each route, which remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  /** `POST /api/v1/node/7/tags`. */
  readonly call: string;
  readonly authorization: string | undefined;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection instead of answering. */
  readonly cut?: boolean;
}

/**
 * By `METHOD /path?query`, else by `METHOD /path`; a list is used up one by one, its last answer stays; a function gets the request's
 * body, and its query.
 */
export type Routes = Record<string, Answer | Answer[] | ((body: unknown, query?: URLSearchParams) => Answer)>;

export class ApiServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** When each call came, as `performance.now()`. */
  readonly times: number[] = [];
  /** Milliseconds before each answer. */
  delayMs = 0;
  /** Bytes of all answers' bodies. */
  sent = 0;
  /** Calls under way, and the most at one time. */
  private underWay = 0;
  mostAtOnce = 0;
  private constructor(
    readonly routes: Routes,
    private readonly server = createServer((request, response) => void this.handle(request, response)),
  ) {}

  static async start(routes: Routes = {}, address = "127.0.0.1"): Promise<ApiServer> {
    const api = new ApiServer(routes);
    await new Promise<void>((resolve) => api.server.listen(0, address, resolve));
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get calls(): string[] {
    return this.seen.map(({ call }) => call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url}`;
    const body = parse(await readAll(request));
    this.seen.push({ call, authorization: request.headers.authorization, body });
    this.times.push(performance.now());
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    this.underWay--;
    const answer = this.answerTo(call, body);
    if (answer.cut === true) {
      request.socket.destroy();
      return;
    }
    const { status = 200, headers = {}, body: content = {} } = answer;
    const text = typeof content === "string" ? content : JSON.stringify(content);
    this.sent += text.length;
    response.writeHead(status, headers).end(text);
  }

  private answerTo(call: string, body: unknown): Answer {
    const [path = "", query] = call.split("?");
    const route = this.routes[call] ?? this.routes[path];
    if (route === undefined) return { status: 404, body: { message: `no route ${call}` } };
    if (typeof route === "function") return route(body, new URLSearchParams(query));
    if (!Array.isArray(route)) return route;
    return (route.length > 1 ? route.shift() : route[0]) ?? {};
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
