/** Opens a session with the system's own ssh: its configuration, jump hosts, certificates and commands count. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DialFailure, late } from "../dial-failure";
import { failureOf, secretsOf, stopped, type Fail } from "../failure";
import { patienceFor } from "../patience";
import type { Opened } from "../reconnect";
import { retryDial, type DialOptions } from "../retry";
import { turnAt } from "../handshakes";
import { createSession } from "../session";
import { expectHostKey } from "../ssh/expected-key";
import { elapsed, traceTo } from "../trace";
import type { ConnectOptions, Environment, SshConnection } from "../types";
import { explainEnd } from "./failure";
import { awaitLogin, startMaster, type Master } from "./master";
import {
  asOptions,
  destination,
  dialAt,
  forProxyCommand,
  harmless,
  loginOptions,
  resolve,
  resolvedAt,
  type Resolved,
} from "./options";
import { opensshCarrier } from "./process";
import { prepareTrust, type Expected } from "./trust";

/** For an ssh that goes through the control socket. One that finds none would connect by itself: this way it cannot. */
const THROUGH = ["ControlMaster=no", "ProxyCommand=false", "LogLevel=ERROR"];

/** As `connect` of the public entry, for a connection whose client is `openssh`. */
export async function connectOpenssh(connection: SshConnection, options: DialOptions): Promise<Opened> {
  const { host, signal, env = process.env, operation = "update", progress = () => undefined } = options;
  const { rest, again, at } = options;
  const secrets = secretsOf(connection);
  const fail = failureOf(host, secrets);
  const login = loginOptions(connection, env);
  const { user, target, firstHop, ...known } = resolvedAt(at, await resolve(connection, login, env, fail));
  const expected = await expectKey(connection, known, options, fail);

  const folder = await mkdtemp(join(folderFor(env), "mesh-"));
  const socket = join(folder, "s");
  const opened: Master[] = [];
  const close = async () => {
    await Promise.all(opened.map((master) => master.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const trust = await prepareTrust(expected, folder, options.knownHostsFiles);
    const dialOnce = async (timeoutMs: number) => {
      const start = performance.now();
      const control = ["-v", "-N", "-M", "-S", socket, ...timeLimit(timeoutMs, at)];
      if (at !== undefined) control.push(...dialAt(at, known));
      const args = destination(connection, [...control, ...login, ...trust.options]);
      const master = startMaster(args, forProxyCommand(env));
      opened.push(master);
      const outcome = await awaitLogin(master, socket, { timeoutMs, signal });
      if (outcome === "late") {
        await master.close();
        throw late(timeoutMs);
      }
      if (outcome === "ended") throw explainEnd(master.log(), target, expected);
      traceTo(env)({ event: "connect", host, ms: elapsed(start), at });
      return master;
    };
    const turn = turnAt(firstHop, { signal, again, progress });
    const patience = patienceFor(connection, operation);
    const what = at === undefined ? "connecting" : "connecting over the mesh";
    const master = await retryDial(dialOnce, { patience, what, progress, signal, rest, turn });
    const args = destination(connection, ["-S", socket, ...asOptions(THROUGH), ...login]);
    const carrier = opensshCarrier(master, args, harmless(env));
    const hostKey = await trust.readKey(master.log());
    const { password } = connection;
    return createSession({ carrier, hostKey, user, password, secrets, close }, options);
  } catch (error) {
    await close();
    if (signal?.aborted) throw stopped(fail, signal.reason);
    if (error instanceof DialFailure) throw fail({ ...error.details, message: error.reason });
    throw error;
  }
}

/** As for ssh2, by the names that ssh's configuration gives the host; it may know of host keys in ways of its own. */
async function expectKey(
  connection: SshConnection,
  {
    name,
    port,
    knownHostsFiles,
    asksCommand,
  }: Pick<Resolved, "name" | "port" | "knownHostsFiles" | "asksCommand">,
  options: ConnectOptions,
  fail: Fail,
): Promise<Expected> {
  const hop = { ...connection, host: name, port };
  const files = { ...options, knownHostsFiles: options.knownHostsFiles ?? knownHostsFiles };
  const expected = await expectHostKey(hop, { pinned: options.pinnedHostKey }, files, fail);
  const { source, authorityFile } = expected;
  const byUser =
    source === "known-hosts" || (source === "none" && (authorityFile !== undefined || asksCommand));
  return { ...expected, byUser, asksCommand };
}

/** Where the session's files are; the path of a socket has room for some hundred bytes, and ssh adds to it. */
function folderFor(env: Environment): string {
  const folder = env["TMPDIR"] || tmpdir();
  return folder.length > 60 ? "/tmp" : folder;
}

/** For each of the host's addresses: one that is dead must leave the others their time. ssh knows whole seconds. */
function timeLimit(timeoutMs: number, at: string | undefined): string[] {
  const seconds = Math.ceil(timeoutMs / (at === undefined ? 3_000 : 1_000));
  return timeoutMs === 0 ? [] : asOptions([`ConnectTimeout=${Math.max(1, seconds)}`]);
}
