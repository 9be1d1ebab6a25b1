/** Public entry: the contract, the registry, and the built-in network providers, registered. */
import "./headscale";
import "./tailscale";

export type { ClientFlags } from "./tailnet/settings/client-flags";
export type * from "./blocks";
export type * from "./contract";
export type * from "./survey";
export type * from "./user-data";
export { createContext, type ContextOptions } from "./context";
export { get, ids, register } from "./registry";
