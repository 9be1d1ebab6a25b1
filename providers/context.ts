/** Makes the context that a network provider's members take, for scripts that use one without Pulumi. */
import type { Session } from "../transport";
import type { ProviderContext } from "./contract";

/** What a context may be given beside its session; each has a default. */
export type ContextOptions = Partial<Omit<ProviderContext, "session">>;

/** A context for an open connection. Defaults: never aborted, silent (warnings are progress), keys from `process.env`. */
export function createContext(session: Session, options: ContextOptions = {}): ProviderContext {
  return {
    session,
    signal: options.signal ?? new AbortController().signal,
    progress: options.progress ?? (() => undefined),
    warn: options.warn ?? options.progress ?? (() => undefined),
    env: options.env ?? process.env,
    record: options.record,
  };
}
