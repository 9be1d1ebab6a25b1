/** Fuzz: whatever a host's programs and files say, it is never taken for a section or for progress of our own. */
import fc from "fast-check";
import { expect } from "@jest/globals";
import { isMeshError } from "../../../errors";
import { createContext, get } from "../../../providers";
import { newMark, parseSections, progressOf } from "../../../providers/tailnet/probe/sections";
import { fakeSession } from "../providers/fake-session";
import { probeOutput, type ProbeParts } from "../providers/probe-output";
import { nastyText, property } from "./support";

const FACTS = '{"BackendState":"NeedsLogin","Self":{"ID":"666","DNSName":"evil.demo.mesh."}}';
const NAMES = ["os", "facts", "mark", "status", "prefs", "machine", "peer", "run", "code", "end", "guard"];
const NAME = fc.constantFrom(...NAMES, "locked", "unsafe", "previous", "joined-by-other");
/** Of runs that are not this one. */
const otherMark = fc.constantFrom("", newMark(), newMark(), "pulumi-mesh", "pulumi-mesh-0000000000000000");

/** A section, or progress, as a script of ours would print it, but for the mark. */
const forgedLine = fc.oneof(
  fc
    .tuple(otherMark, NAME, fc.constantFrom(FACTS, "kept", "0", "forged", "client=/evil"))
    .map(([mark, name, text]) => `#${mark}:${name}\n${text}`),
  otherMark.map((mark) => `#${mark}>forged progress`),
  fc.constantFrom("#.", "#pulumi-mesh.", "#:", "#>", "\n#", ":end\n"),
);
const escape = fc.constantFrom(
  "\u001b[2J",
  "\u001b]0;forged\u0007",
  "\u009b31m",
  "\r",
  "\u0000",
  "\u202e",
  "\u001bc",
);

/** Some of each, each on a line of its own or in the middle of one. */
const forged = fc
  .array(
    fc.tuple(fc.oneof(forgedLine, forgedLine, escape, nastyText), fc.constantFrom("\n", "\n\n", "", " ")),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.map(([text, between]) => between + text).join(""));

property(
  "forged sections and progress stay text of the section that they stand in",
  { values: fc.tuple(forged, fc.dictionary(NAME, forged, { noNullPrototype: true })), share: 20 },
  ([before, sections]) => {
    const mark = newMark();
    const printed = Object.entries(sections).map(([name, text]) => `\n#${mark}:${name}\n${text}\n`);
    const output = before + printed.join("");
    const expected = Object.entries(sections).map(([name, text]) => [name, text.trim()]);
    expect([...parseSections(output, mark)]).toEqual(expected);
    for (const line of output.split("\n")) expect(progressOf(line, mark)).toBeUndefined();
  },
);

const CONFIG = {
  tailnet_domain: "demo.mesh",
  login_server: "https://headscale.demo.lab",
  auth_key_env: "KEY",
};

/** Every field that a program or a file of the host fills. */
const fields = fc.record(
  {
    dnsName: forged,
    suffix: forged,
    health: fc.array(forged, { maxLength: 2 }),
    tags: fc.array(forged, { maxLength: 2 }),
    version: forged,
    enabled: forged,
    active: forged,
    os: forged,
    mark: forged,
    peer: forged,
    backendState: fc.constantFrom("Running", "NeedsLogin", "Stopped"),
    facts: fc.dictionary(fc.constantFrom("kernel", "init", "managers", "broken", "foreign", "time"), forged),
    machine: fc.dictionary(fc.constantFrom("machine_id", "mac", "client_key"), forged),
    prefs: fc.dictionary(fc.constantFrom("Hostname", "ControlURL", "OperatorUser"), forged),
    run: fc.record({ code: fc.constantFrom(0, 1, 124), output: forged }),
  },
  { requiredKeys: ["run"] },
);

/** The same texts without what begins a section; by a character of no other text, for lines that are alike are told once. */
function harmless<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("#", "\u266f") as T;
  if (Array.isArray(value)) return value.map(harmless) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, harmless(each)])) as T;
}

/** What is done on such a host, and all that is said of it. */
async function play(parts: ProbeParts): Promise<{ readonly steps: string[]; readonly said: string[] }> {
  const output = (mark: string) => probeOutput(parts, mark);
  const session = fakeSession(...Array<typeof output>(12).fill(output));
  const exec: typeof session.exec = async (argv, options) => {
    const result = await session.exec(argv, options);
    for (const line of result.stdout.split("\n")) options.onLine?.(line);
    return result;
  };
  const said: string[] = [];
  const progress = (text: string) => void said.push(text);
  const ctx = createContext({ ...session, exec }, { env: { KEY: "hskey-auth-0123" }, progress });
  const options = { host: "web-1", config: CONFIG, tags: ["tag:app"], flags: { "accept-routes": true } };
  const outcome: unknown = await (async () => {
    await get("headscale").ensureInstalled(ctx, options);
    return await get("headscale").ensureJoined(ctx, options);
  })().catch((error: unknown) => error);
  said.push(isMeshError(outcome) ? outcome.message : JSON.stringify(outcome));
  return { steps: session.calls.map(({ label }) => label), said };
}

property(
  "a host whose every field forges sections and moves terminals is handled as one that says the same without them",
  { values: fields, share: 30 },
  async (parts) => {
    const { steps, said } = await play(parts);
    const plain = await play(harmless(parts));
    expect(steps).toEqual(plain.steps);
    expect(said.map(harmless)).toEqual(plain.said.map(harmless));
    expect(said.join("\n")).not.toMatch(/^forged progress/m);
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    for (const text of said) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  },
);
