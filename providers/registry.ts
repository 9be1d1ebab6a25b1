/** The registry of network providers: filled by importing the modules that define them. */
import { MeshError } from "../errors";
import { suggest } from "../validation";
import type { NetworkProvider } from "./contract";

const registered = new Map<string, NetworkProvider>();

/**
 * Registers a network provider under its id; called by a provider's module when it is imported.
 * Throws a `registration` MeshError when the id is empty or taken (contract: duplicate registration panics).
 */
export function register(provider: NetworkProvider): void {
  const { id } = provider;
  if (typeof id !== "string" || id.trim() === "") {
    throw new MeshError({
      kind: "registration",
      message: "a network provider was registered with an empty id",
      remedy: "Give the provider a non-empty string as id.",
    });
  }
  if (registered.has(id)) {
    throw new MeshError({
      kind: "registration",
      message: `a network provider with the id "${id}" is registered already`,
      remedy: "Choose another id, or import the module once.",
    });
  }
  registered.set(id, provider);
}

/** The network provider with this id. Throws an `unknown-provider` MeshError that lists the known ids. */
export function get(id: string): NetworkProvider {
  const provider = registered.get(id);
  if (provider !== undefined) return provider;
  const known = ids();
  const near = typeof id === "string" ? suggest(id, known) : undefined;
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw new MeshError({
    kind: "unknown-provider",
    message: `no network provider "${id}" is registered${hint} (known: ${known.join(", ") || "none"})`,
    remedy: "Correct network.provider, or set network.module to the module that registers it.",
  });
}

/** The ids of all registered network providers, in lexicographic order. */
export function ids(): string[] {
  return [...registered.keys()].sort();
}
