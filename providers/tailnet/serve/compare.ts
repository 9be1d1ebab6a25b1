/** Pure: what a node serves at the declared ports, compared with what it shall. A sentence for each difference. */
import { excerpt } from "../../../excerpt";
import type { Protocol, Served } from "../../../serve";
import type { ServeConfig } from "../probe/serve";

/** What is at a port; `to` is absent where it leads to no one place, or the client knows it under another name of the node. */
export type Actual = Pick<Served, "protocol" | "funnel"> & { readonly to?: string };

/** Undefined for a port that is not served. */
export function servedAt(config: ServeConfig, fqdn: string, port: number): Actual | undefined {
  const handler = config.TCP?.[port];
  if (handler === undefined) return undefined;
  const key = `${fqdn}:${port}`;
  const funnel = config.AllowFunnel?.[key] === true;
  const web: Protocol | undefined =
    handler.HTTPS === true ? "https" : handler.HTTP === true ? "http" : undefined;
  if (web !== undefined)
    return { protocol: web, funnel, to: config.Web?.[key]?.Handlers?.["/"]?.Proxy ?? undefined };
  const named = handler.TerminateTLS ?? "";
  return {
    protocol: named === "" ? "tcp" : "tls",
    funnel,
    to: named === "" || named === fqdn ? `tcp://${handler.TCPForward ?? ""}` : undefined,
  };
}

/** Undefined where it is as it shall be. */
export function difference(wanted: Served, actual: Actual | undefined, fqdn: string): string | undefined {
  const at = `port ${wanted.port}`;
  if (actual === undefined) return `${at} is not served`;
  if (actual.protocol !== wanted.protocol)
    return `${at} is served as ${actual.protocol}, and ${wanted.protocol} is declared`;
  if (actual.to === undefined) return `${at} is not served under the name ${fqdn}`;
  if (!isSame(actual.to, wanted.to)) return `${at} leads to ${shown(actual.to)}, and not to ${wanted.to}`;
  if (actual.funnel === wanted.funnel) return undefined;
  return wanted.funnel
    ? `${at} is not open to the internet, and funnel is declared`
    : `${at} is open to the internet (funnel), which is not declared`;
}

/** Where somebody's port leads, for people: without the user and the password that may be in it. */
export function shown(to: string): string {
  return excerpt(to.replace(/\/\/[^/@]*@/, "//"), { max: 200 });
}

/** Every difference. */
export function differences(config: ServeConfig, fqdn: string, wanted: readonly Served[]): string[] {
  return wanted.flatMap((each) => difference(each, servedAt(config, fqdn, each.port), fqdn) ?? []);
}

/** A path of `/` alone, or the case of a name, makes no difference. */
export function isSame(one: string, other: string): boolean {
  const href = (text: string) => (URL.canParse(text) ? new URL(text).href : text);
  return href(one) === href(other);
}
