/** The `network:` section: which network provider, and its block, which stays that provider's business alone. */
import { parseWith } from "../validation";
import { networkSchema } from "./network-schema";

/** The `network:` section, in `stagecraft.yml`, in stack configuration and in a program. */
export interface Network {
  /** Id of the network provider to use: `tailscale`, `headscale`, or one of a third party. */
  readonly provider: string;
  /** The module that registers a network provider which is not built in: a package, or a path (`./nebula.js`). */
  readonly module?: string;
  /** A block for each provider, by id. Only the chosen one is read, by that provider. */
  readonly providers: Readonly<Record<string, unknown>>;
}

/** What a program needs of the section: the chosen provider's id, its block, and the module that registers it. */
export interface SelectedProvider {
  readonly id: string;
  readonly block: unknown;
  readonly module: string | undefined;
}

/** Parses the section. Throws invalid-config with every mistake; `at` is the path in messages, default `network`. */
export function parseNetwork(value: unknown, at = "network"): Network {
  return parseWith(networkSchema, value, at);
}

/** The provider that a parsed section chooses. */
export function selectProvider({ provider, providers, module }: Network): SelectedProvider {
  return { id: provider, block: providers[provider], module };
}
