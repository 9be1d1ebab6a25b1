/** Pure: the way out of a host: UDP and relays as `tailscale netcheck` sees them, and whether the control server is reached. */
import { z } from "zod";
import { excerpt } from "../../../excerpt";
import type { Finding } from "../../survey";

const netcheckSchema = z.object({
  UDP: z.boolean(),
  PreferredDERP: z.number().nullish(),
  /** Nanoseconds, by the relay's region. */
  RegionLatency: z.record(z.string(), z.number()).nullish(),
});

const OPEN_UDP =
  "Let the host send UDP (to port 3478, and from port 41641), or live with links that go through relays.";
const OPEN_RELAY =
  "Let the host reach TCP 443 and UDP 3478 of a relay (DERP): without one, nodes behind two firewalls never meet.";

export function findNetwork(text: string | undefined): Finding {
  const check = "ports";
  if (text === undefined) return { check, level: "unknown", text: "known once the client is installed" };
  const result = netcheckSchema.safeParse(parseJson(text));
  if (!result.success) return { check, level: "unknown", text: "`tailscale netcheck` told nothing" };
  const { UDP: udp, PreferredDERP: region, RegionLatency: latencies } = result.data;
  const nearest = region ? (latencies?.[String(region)] ?? undefined) : undefined;
  const hasRelay = Boolean(region) || Object.keys(latencies ?? {}).length > 0;
  if (!udp && !hasRelay)
    return {
      check,
      level: "fault",
      text: "no UDP gets out, and no relay (DERP) answers",
      remedy: OPEN_RELAY,
    };
  if (!udp)
    return { check, level: "warn", text: "no UDP gets out: links go through relays", remedy: OPEN_UDP };
  if (!hasRelay)
    return { check, level: "warn", text: "UDP gets out, but no relay (DERP) answers", remedy: OPEN_RELAY };
  const latency = nearest === undefined ? "" : `, ${Math.max(1, Math.round(nearest / 1e6))} ms`;
  return { check, level: "ok", text: `UDP, relay ${region ?? "?"}${latency}` };
}

/** `said` is a status code and `reached`, or what the program complained of. */
export function findControlServer(said: string | undefined, loginServer: string): Finding {
  const check = "control";
  if (said === undefined || said.includes("no program"))
    return { check, level: "unknown", text: "the host has neither curl nor wget to ask with" };
  if (/^reached$/m.test(said)) return { check, level: "ok", text: "reached" };
  const shown = excerpt(said.replace(/^000$/m, "")) || "no answer";
  return {
    check,
    level: "fault",
    text: `the host does not reach ${loginServer}: ${shown}`,
    remedy:
      "See that its name resolves on the host, that port 443 is let out, and that the host trusts its certificate.",
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
