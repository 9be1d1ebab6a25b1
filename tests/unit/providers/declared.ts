/** A joined or fresh host as a declaration meets it: the headscale provider, recorded outputs, an API with a memory. */
import {
  createContext,
  get,
  type EnsureJoinedOptions,
  type EnsureLeftOptions,
  type Holding,
  type Siblings,
} from "../../../providers";
import type { FakeHeadscale } from "../../support/fake-headscale";
import { fakeSession, type FakeSession } from "./fake-session";

export const OURS = { id: "d-1", label: "urn:pulumi:prod::shop::host::web-1" };
export const THEIRS = { id: "d-2", label: "urn:pulumi:dev::shop::host::web-1" };

/** The mark that a declaration leaves, on a machine with this hardware address. */
export const markOf = ({ id, label }: typeof OURS, mac = "02:00:00:00:00:01", ...former: (typeof OURS)[]) =>
  [
    `declaration=${id}`,
    `label=${label}`,
    `mac=${mac}`,
    ...former.map((each) => `former=${each.id} ${each.label}`),
  ].join("\n");

export const MACHINE = { mac: "02:00:00:00:00:01" };

export const siblings = (...others: Holding[]): Siblings => ({ others: () => others, hold: () => undefined });

export interface Outcome<T> {
  readonly result: T | undefined;
  readonly error: unknown;
  readonly warnings: readonly string[];
  readonly session: FakeSession;
}

async function attempt<T>(
  outputs: readonly string[],
  api: FakeHeadscale | undefined,
  call: (ctx: ReturnType<typeof createContext>, config: object) => Promise<T> | undefined,
): Promise<Outcome<T>> {
  const session = fakeSession(...outputs);
  const warnings: string[] = [];
  const env = { KEY: "hskey-auth-canary", API: api === undefined ? "" : "hskey-api-canary" };
  const ctx = createContext(session, { env, warn: (text) => void warnings.push(text) });
  const config = {
    login_server: api?.url ?? "https://headscale.demo.lab",
    tailnet_domain: "demo.mesh",
    auth_key_env: "KEY",
    api_key_env: "API",
  };
  try {
    return { result: await call(ctx, config), error: undefined, warnings, session };
  } catch (error) {
    return { result: undefined, error, warnings, session };
  }
}

const provider = get("headscale");

export const join = (
  outputs: readonly string[],
  options: Partial<EnsureJoinedOptions> = {},
  api?: FakeHeadscale,
) =>
  attempt(outputs, api, (ctx, config) =>
    provider.ensureJoined(ctx, { config, host: "web-1", tags: [], declaration: OURS, ...options }),
  );

export const inspect = (
  outputs: readonly string[],
  api?: FakeHeadscale,
  options: Partial<EnsureJoinedOptions> = {},
) =>
  attempt(outputs, api, (ctx, config) =>
    provider.inspect!(ctx, { config, host: "web-1", tags: [], declaration: OURS, ...options }),
  );

export const leave = (
  outputs: readonly string[],
  options: Partial<EnsureLeftOptions> = {},
  api?: FakeHeadscale,
) =>
  attempt(outputs, api, (ctx, config) =>
    provider.ensureLeft!(ctx, { config, host: "web-1", declaration: OURS, ...options }),
  );

export const labels = (session: FakeSession) => session.calls.map(({ label }) => label);
