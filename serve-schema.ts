/** The schema of what a host serves, for configuration and inputs. */
import { z } from "zod";
import { KEYS, toServed, type Served } from "./serve";

const port = z.int().min(1).max(65535).optional();
const portSchema = z
  .strictObject({
    ...{ port, https: port, http: port, tcp: port, tls: port },
    to: z.string(),
    funnel: z.boolean().optional(),
  })
  .superRefine((given, context) => {
    const keys = KEYS.filter((key) => given[key] !== undefined);
    const complain = (message: string, path: readonly string[] = []) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (keys.length !== 1)
      return complain(`expected exactly one of ${KEYS.join(", ")}, got ${keys.join(" and ") || "none"}`);
    const served = toServed(given);
    const mistake = targetMistake(served);
    if (mistake !== undefined) complain(mistake, ["to"]);
    if (served.funnel && served.protocol !== "https" && served.protocol !== "tls")
      complain("goes with https and tls only: what comes from the internet is TLS", ["funnel"]);
  });

/** What was declared, maybe by two runs. */
export const recordedServeSchema = z.array(portSchema);

/** The ports of one host: each once. */
export const serveSchema = recordedServeSchema.superRefine((ports, context) => {
  const seen = new Set<number>();
  for (const [index, { port }] of ports.map(toServed).entries()) {
    if (port !== 0 && seen.has(port))
      context.addIssue({ code: "custom", path: [index], message: `port ${port} is served already` });
    seen.add(port);
  }
});

/** A name or an IPv4 address: the client loses the brackets of an IPv6 one. */
const PLACE = String.raw`[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?`;
const WEB = new RegExp(String.raw`^(https?|https\+insecure)://${PLACE}(:[1-9]\d{0,4})?(/[!-~]*)?$`);
const TCP = new RegExp(String.raw`^tcp://${PLACE}:[1-9]\d{0,4}$`);

/** Without the value, which may hold a password. */
function targetMistake({ protocol, to }: Served): string | undefined {
  const isWeb = protocol === "https" || protocol === "http";
  const example = isWeb ? "http://127.0.0.1:3000" : "tcp://127.0.0.1:5432";
  if (/^[\w+.-]+:\/\/[^/]*@/.test(to))
    return `must hold no user and no password, which everybody on the host could read; write it as ${example}`;
  if (/^[\w+.-]+:\/\/\[/.test(to))
    return "must name an IPv4 address or a host's name: the client does not reach IPv6 addresses there";
  if (!(isWeb ? WEB : TCP).test(to)) return `must be an address with what is spoken there, as ${example}`;
  const [, host = "", number] = /^[^:]+:\/\/([^:/]+)(?::(\d+))?/.exec(to) ?? [];
  if (Number(number ?? 1) > 65535) return "names a port beyond 65535";
  if (/^(localhost|127\.0\.0\.1)$/.test(host) && number === undefined)
    return `must name a port of ${host}, as ${example}`;
  return undefined;
}
