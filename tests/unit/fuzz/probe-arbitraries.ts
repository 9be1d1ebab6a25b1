/** Output of probes as hosts print it, as they could print it, and as a broken connection leaves it. */
import fc from "fast-check";
import { probeOutput, type ProbeParts } from "../providers/probe-output";
import { nastyText } from "./support";

const list = (...values: readonly string[]) => fc.subarray([...values]);
const BACKEND_STATES = ["Running", "NeedsLogin", "Starting", "Stopped", "NeedsMachineAuth", "NoState"];

export const probeParts: fc.Arbitrary<ProbeParts> = fc.record(
  {
    backendState: fc.oneof(fc.constantFrom(...BACKEND_STATES), nastyText),
    tags: fc.oneof(list("tag:app", "tag:db"), fc.array(nastyText, { maxLength: 3 })),
    dnsName: fc.oneof(fc.constantFrom("web-1.demo.mesh.", "web-1-1.demo.mesh.", ""), nastyText),
    suffix: fc.oneof(fc.constantFrom("demo.mesh", "other.mesh"), nastyText),
    health: fc.array(nastyText, { maxLength: 2 }),
    version: fc.oneof(fc.constantFrom("1.102.0", "1.44.0-123-gabc"), nastyText),
    prefs: fc.dictionary(
      fc.constantFrom("ControlURL", "Hostname", "AdvertiseRoutes", "NetfilterMode"),
      fc.jsonValue(),
    ),
    run: fc.record({ code: fc.integer({ min: 0, max: 255 }), output: nastyText }),
    withoutClient: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** A probe's output with a piece removed, doubled or replaced. */
export const mutatedOutput: fc.Arbitrary<string> = fc
  .tuple(probeParts, fc.nat(), fc.nat(200), nastyText, fc.boolean())
  .map(([parts, at, length, inserted, altered]) => {
    const output = probeOutput(parts);
    if (!altered) return output;
    const start = at % output.length;
    return output.slice(0, start) + inserted + output.slice(start + length);
  });

const KEYS = [
  "BackendState",
  "Health",
  "Self",
  "CurrentTailnet",
  "Tags",
  "DNSName",
  "TailscaleIPs",
  "ID",
  "ControlURL",
  "Hostname",
  "AppConnector",
  "AdvertiseRoutes",
  "__proto__",
];
const json = fc.oneof(
  fc.dictionary(
    fc.constantFrom(...KEYS),
    fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...KEYS), fc.jsonValue())),
  ),
  fc.jsonValue(),
);

/** Status and prefs that are JSON of any shape, or no JSON. */
export const printedStatus: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      json.map((value) => JSON.stringify(value)),
      nastyText,
    ),
    json,
  )
  .map(
    ([status, prefs]) =>
      `\n#:facts\nclient=/usr/bin/tailscale\n\n#:status\n${status}\n\n#:prefs\n${JSON.stringify(prefs)}\n\n#:end\n`,
  );
