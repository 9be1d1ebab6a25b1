/**
 * Pure: the client keeps what a node serves over HTTP under the name that it had then. After a renaming ours stays there, with no
 * command that takes it away.
 */
import type { Served } from "../../../serve";
import type { ServeConfig } from "../probe/serve";
import { isSame } from "./compare";

/** The configuration without those of our ports that stand under another name; the same one where there are none. */
export function withoutFormerNames(config: ServeConfig, fqdn: string, ours: readonly Served[]): ServeConfig {
  const isOurs = (key: string, to: string | null | undefined) => {
    const [, name, port] = /^(.*):(\d+)$/.exec(key) ?? [];
    return name !== fqdn && ours.some((each) => String(each.port) === port && isSame(each.to, to ?? ""));
  };
  const keys = Object.entries(config.Web ?? {})
    .filter(([key, { Handlers }]) => isOurs(key, Handlers?.["/"]?.Proxy))
    .map(([key]) => key);
  return keys.reduce(withoutHandler, config);
}

/** Without what is at `/` there; the port goes with the last of its handlers, as the client has it. */
function withoutHandler(config: ServeConfig, key: string): ServeConfig {
  const { [key]: site = {}, ...web } = config.Web ?? {};
  const { "/": _ours, ...handlers } = site.Handlers ?? {};
  if (Object.keys(handlers).length > 0)
    return { ...config, Web: { ...web, [key]: { ...site, Handlers: handlers } } };
  const port = key.slice(key.lastIndexOf(":") + 1);
  const { [key]: _funnel, ...AllowFunnel } = config.AllowFunnel ?? {};
  const { [port]: _handler, ...others } = config.TCP ?? {};
  const isUsed = Object.keys(web).some((each) => each.endsWith(`:${port}`));
  return { ...config, Web: web, AllowFunnel, TCP: isUsed ? config.TCP : others };
}
