/** Pure: how a node reaches others, from what `tailscale ping` said of each. */
import { excerpt } from "../../../excerpt";
import type { Link } from "../../survey";

const PONG = /^pong from \S+ \(\S+\) via (\S+) in (\S+)$/;

/** A line each: the FQDN, a space, and the last answer. */
export function parseLinks(text: string): Link[] {
  return text.split("\n").flatMap((line) => {
    const [, to, said = ""] = /^(\S+) ?(.*)$/.exec(line.trim()) ?? [];
    return to === undefined ? [] : [parseLink(excerpt(to), said.trim())];
  });
}

function parseLink(to: string, said: string): Link {
  const [, through = "", duration = ""] = PONG.exec(said) ?? [];
  const latencyMs = parseDuration(duration);
  if (through === "" || latencyMs === undefined)
    return { to, via: "none", detail: excerpt(said) || "no answer" };
  const relay = /^(?:DERP|peer-relay)\((.*)\)$/.exec(through)?.[1];
  return relay === undefined && !through.startsWith("peer-relay")
    ? { to, via: "direct", latencyMs, detail: excerpt(through) }
    : { to, via: "relay", latencyMs, detail: excerpt(relay ?? through) };
}

const UNITS: Readonly<Record<string, number>> = { µs: 1e-3, us: 1e-3, ms: 1, s: 1000 };

/** Milliseconds of `1ms`, `1.5s`, `0s`: what Go prints of less than a minute. */
function parseDuration(text: string): number | undefined {
  const [, value, unit = ""] = /^(\d+(?:\.\d+)?)(µs|us|ms|s)$/.exec(text) ?? [];
  return value === undefined ? undefined : Number(value) * UNITS[unit]!;
}
