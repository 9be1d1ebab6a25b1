/** Drives the network provider against a host as a handler does, and keeps what it said and what it cost. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MeshError } from "../../../errors";
import {
  createContext,
  get,
  type EnsureJoinedOptions,
  type NetworkProvider,
  type ProviderContext,
} from "../../../providers";
import { connect } from "../../../transport";
import { connectionTo } from "../../integration/support/lab";
import { mustFail } from "../../unit/transport/support/session";
import type { TestHost } from "./host";

/** root; `admin`, whose sudo asks for nothing; `ops`, whose sudo asks for a password. */
export type User = "root" | "admin" | "ops";

/** `install:` of the provider's block, as a user writes it. */
export type Settings = Readonly<Record<string, unknown>>;

/** One session with the provider. */
export interface Pass<T = void> {
  readonly value: T;
  readonly progress: readonly string[];
  readonly warnings: readonly string[];
  readonly connections: number;
  /** Labels of the commands that ran on the host. */
  readonly execs: readonly string[];
  readonly seconds: number;
}

type Options = Parameters<NetworkProvider["ensureInstalled"]>[1];
type Work<T> = (provider: Required<NetworkProvider>, ctx: ProviderContext, options: Options) => Promise<T>;

/** The node's name: what the host is. */
export const nodeName = ({ target }: TestHost) => `${target.image}${target.tun ? "" : "-no-tun"}`;

/** The lab signs its packages with a key of its own, which whoever fetches packages has to be told. */
function withKey({ lab }: TestHost, settings: Settings): Settings {
  const { method = "auto" } = settings;
  if (method !== "auto" && method !== "repository") return settings;
  return { repository_key: readFileSync(lab.paths.repositoryKeyFile, "utf8"), ...settings };
}

async function pass<T>(host: TestHost, user: User, settings: Settings, work: Work<T>): Promise<Pass<T>> {
  const { lab } = host;
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-install-"));
  const trace = join(scratch, "trace.jsonl");
  const progress: string[] = [];
  const warnings: string[] = [];
  const started = performance.now();
  try {
    const value = await (async () => {
      const password = user === "ops" ? await lab.opsPassword() : undefined;
      await using session = await connect(
        { ...connectionTo(lab, host.name, user), password },
        {
          host: nodeName(host),
          knownHostsFiles: [],
          env: { ...process.env, PULUMI_MESH_TRACE: trace },
          progress: () => undefined,
        },
      );
      const ctx = createContext(session, {
        progress: (message) => void progress.push(message),
        warn: (message) => void warnings.push(message),
        env: { MESH_AUTHKEY: await lab.authKey({ tags: ["app"] }) },
      });
      const config = {
        login_server: lab.loginServer,
        tailnet_domain: lab.baseDomain,
        auth_key_env: "MESH_AUTHKEY",
        install: withKey(host, settings),
      };
      const provider = get("headscale") as Required<NetworkProvider>;
      return await work(provider, ctx, { config, host: nodeName(host) });
    })();
    const events = readFileSync(trace, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; label?: string });
    const execs = events.flatMap(({ event, label = "" }) => (event === "exec" ? [label] : []));
    const connections = events.filter(({ event }) => event === "connect").length;
    return { value, progress, warnings, connections, execs, seconds: (performance.now() - started) / 1000 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** ensureInstalled alone. */
export function install(host: TestHost, user: User, settings: Settings = {}): Promise<Pass> {
  return pass(host, user, settings, (provider, ctx, options) => provider.ensureInstalled(ctx, options));
}

/** ensureInstalled, which has to fail: with the error it fails with. */
export function installRefused(
  host: TestHost,
  user: User,
  settings: Settings = {},
): Promise<Pass<MeshError>> {
  return pass(host, user, settings, (provider, ctx, options) =>
    mustFail(provider.ensureInstalled(ctx, options)),
  );
}

/** ensureInstalled and ensureJoined, over one connection. */
export function installAndJoin(
  host: TestHost,
  user: User,
  settings: Settings = {},
  wishes: Pick<EnsureJoinedOptions, "flags" | "daemon" | "udpGro"> = {},
) {
  return pass(host, user, settings, async (provider, ctx, options) => {
    await provider.ensureInstalled(ctx, options);
    return provider.ensureJoined(ctx, { ...options, ...wishes, tags: ["tag:app"] });
  });
}

/** The node as refresh reads it; undefined when the host is not joined. */
export async function inspect(host: TestHost, user: User) {
  const { value } = await pass(host, user, {}, (provider, ctx, options) =>
    provider.inspect(ctx, { ...options, tags: ["tag:app"] }),
  );
  return value;
}

/** Leaves the mesh and takes the client off the host. */
export async function uninstall(host: TestHost, user: User): Promise<void> {
  await pass(host, user, {}, (provider, ctx, options) =>
    provider.ensureLeft(ctx, { ...options, how: "uninstall" }),
  );
}
