/** Opens a session with the system's own ssh: its configuration, jump hosts, certificates and commands count. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMeshError } from "../../errors";
import { DialFailure, late } from "../dial-failure";
import { failureOf, secretsOf, stopped } from "../failure";
import { patienceFor } from "../patience";
import type { Opened } from "../reconnect";
import { retryDial, type DialOptions } from "../retry";
import { createSession } from "../session";
import { expectHostKey } from "../ssh/expected-key";
import { elapsed, traceTo } from "../trace";
import type { Environment, SshConnection } from "../types";
import { explainEnd } from "./failure";
import { awaitLogin, startMaster, type Master } from "./master";
import { asOptions, destination, forProxyCommand, harmless, loginOptions, resolve } from "./options";
import { opensshCarrier } from "./process";
import { prepareTrust } from "./trust";

/** As `connect` of the public entry, for a connection whose client is `openssh`. */
export async function connectOpenssh(connection: SshConnection, options: DialOptions): Promise<Opened> {
  const { host, signal, env = process.env, operation = "update", progress = () => undefined } = options;
  const secrets = secretsOf(connection);
  const fail = failureOf(host, secrets);
  const login = loginOptions(connection, env);
  const resolved = await resolve(connection, login, env, fail);
  const knownHostsFiles = options.knownHostsFiles ?? resolved.knownHostsFiles;
  const hop = { ...connection, host: resolved.name, port: resolved.port };
  const expected = await expectHostKey(
    hop,
    { pinned: options.pinnedHostKey },
    { ...options, knownHostsFiles },
    fail,
  );
  const userKnows =
    expected.source === "known-hosts" ||
    (expected.source !== "given" && (expected.authorityFile !== undefined || resolved.asksCommand));

  const folder = await mkdtemp(join(folderFor(env), "mesh-"));
  const socket = join(folder, "s");
  const opened: Master[] = [];
  const close = async () => {
    await Promise.all(opened.map((master) => master.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const trust = await prepareTrust(expected, folder, userKnows, options.knownHostsFiles);
    const dialOnce = async (timeoutMs: number) => {
      const start = performance.now();
      const control = ["-v", "-N", "-M", "-S", socket, ...timeLimit(timeoutMs)];
      const args = destination(connection, [...control, ...login, ...trust.options]);
      const master = startMaster(args, forProxyCommand(env));
      opened.push(master);
      const outcome = await awaitLogin(master, socket, { timeoutMs, signal });
      if (outcome === "connected") {
        traceTo(env)({ event: "connect", host, ms: elapsed(start) });
        return master;
      }
      await master.close();
      throw outcome === "late" ? late(timeoutMs) : explainEnd(master.log(), resolved.target, expected);
    };
    const { rest } = options;
    const retry = {
      patience: patienceFor(connection, operation),
      what: "connecting",
      progress,
      signal,
      rest,
    };
    const master = await retryDial(dialOnce, retry);
    // One that finds no socket would connect by itself: this way it cannot.
    const through = [
      "-S",
      socket,
      ...asOptions(["ControlMaster=no", "ProxyCommand=false", "LogLevel=ERROR"]),
    ];
    const args = destination(connection, [...through, ...login]);
    const carrier = opensshCarrier(master, args, harmless(env));
    const { user } = resolved;
    const { password } = connection;
    const hostKey = await trust.readKey(master.log());
    return createSession({ carrier, hostKey, user, password, secrets, close }, options);
  } catch (error) {
    await close();
    if (signal?.aborted) throw stopped(fail, signal.reason);
    if (isMeshError(error) || !(error instanceof DialFailure)) throw error;
    throw fail({ ...error.details, message: error.reason });
  }
}

/** Where the session's files are; the path of a socket has room for some hundred bytes, and ssh adds to it. */
function folderFor(env: Environment): string {
  const folder = env["TMPDIR"] || tmpdir();
  return folder.length > 60 ? "/tmp" : folder;
}

/** For each of the host's addresses: one that is dead must leave the others their time. ssh knows whole seconds. */
function timeLimit(timeoutMs: number): string[] {
  return timeoutMs === 0 ? [] : asOptions([`ConnectTimeout=${Math.max(1, Math.ceil(timeoutMs / 3_000))}`]);
}
