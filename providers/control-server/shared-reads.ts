/**
 * What one process reads of a control server, for all its hosts: a thousand refreshes need a few lists of a thousand nodes, not a
 * thousand. No host gets an answer from before its own last change, nor the same one twice: who asks again waits for news.
 */
import { isMeshError } from "../../errors";
import type { ApiNode } from "./api";
import type { HttpAnswer, HttpClient, Send } from "./http";
import { Shared, SharedBy } from "./shared";

/** Milliseconds that an answer is good for: before a change of the network, and to look how a node is. */
const BEFORE_ACTS = 3_000;
const TO_LOOK = 10_000;

export interface SharedReads {
  /** As the `send` that it was made of, but a shared path is read once for all; what changes a node counts as `changed`. */
  readonly send: Send;
  /** `GET path` for whoever only looks: also from some more seconds ago. */
  look(path: string): Promise<HttpAnswer>;
  /** The nodes of an answer, which are read once for all. */
  nodesOf(answer: HttpAnswer, read: () => readonly ApiNode[]): readonly ApiNode[];
  /** True for the first who looks at a single node: for it alone no list of all is needed. */
  isFirstLook(): boolean;
  /** The host has changed something there: what it reads from now on has begun after this. */
  readonly changed: () => void;
}

interface Server {
  readonly answers: Map<string, Shared<HttpAnswer>>;
  /** When each host changed something last, as `performance.now()`. */
  readonly changes: Map<string, number>;
  looked: boolean;
}

/** By address and credential. */
const servers = new SharedBy((): Server => ({ answers: new Map(), changes: new Map(), looked: false }));
const nodes = new WeakMap<HttpAnswer, readonly ApiNode[]>();

/** What another host's call came to: its error with this one's name. */
export async function inOwnName<T>(http: HttpClient, value: Promise<T>): Promise<T> {
  try {
    return await value;
  } catch (error) {
    if (isMeshError(error)) throw http.error(error.kind, error.detail, error.remedy);
    throw error;
  }
}

export interface ReadsOptions {
  /** Whoever has another address, key or tailnet reads for itself. */
  readonly of: readonly string[];
  readonly host: string;
  readonly http: HttpClient;
  /** The paths of shared reads. */
  readonly paths: readonly string[];
  /** What the paths of single nodes begin with. */
  readonly nodePath: string;
}

export function shareReads(ask: Send, { of, host, http, paths, nodePath }: ReadsOptions): SharedReads {
  const server = servers.of(of);
  const seen = new Map<string, number>();
  const changed = () => void server.changes.set(host, performance.now());

  const read = async (path: string, maxAge: number) => {
    const shared = server.answers.get(path) ?? new Shared<HttpAnswer>();
    server.answers.set(path, shared);
    const since = Math.max(server.changes.get(host) ?? -1, seen.get(path) ?? -1);
    // It goes on when the run of the one who asked first is cancelled.
    const load = () => ask("GET", path, { detached: true });
    const { startedAt, value } = await shared.read({ since, maxAge }, load);
    seen.set(path, startedAt);
    return inOwnName(http, value);
  };
  return {
    send: (method, path, options) => {
      if (method === "GET" && paths.includes(path)) return read(path, BEFORE_ACTS);
      const answer = ask(method, path, options);
      return method !== "GET" && path.startsWith(nodePath) ? answer.finally(changed) : answer;
    },
    look: (path) => read(path, TO_LOOK),
    nodesOf(answer, parse) {
      const known = nodes.get(answer) ?? parse();
      nodes.set(answer, known);
      return known;
    },
    isFirstLook() {
      const isFirst = !server.looked;
      server.looked = true;
      return isFirst;
    },
    changed,
  };
}
