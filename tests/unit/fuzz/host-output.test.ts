/** Fuzz: whatever a host prints, parsers return or throw a MeshError; and what we print, we read back. */
import fc from "fast-check";
import { expect } from "@jest/globals";
import { parseFacts, parseVersion } from "../../../providers/tailnet/probe/facts";
import { changedFlags, flagMistakes, loginFlags, readFlags } from "../../../providers/tailnet/settings/flags";
import { parseAssignments, parseSections } from "../../../providers/tailnet/probe/sections";
import { MarkedOutput } from "../../../transport/exec/marked-output";
import { splitLines } from "../../../transport/exec/lines";
import { findKnownKeys } from "../../../transport/ssh/known-hosts";
import { parseHostKey } from "../../../transport/ssh/host-key";
import { probeOutput } from "../providers/probe-output";
import { mutatedOutput, printedStatus } from "./probe-arbitraries";
import { meshErrorOf, nastyText, property } from "./support";

const name = fc.string({ unit: fc.constantFrom(..."abcxyz-"), minLength: 1, maxLength: 8 });

property(
  "sections are read back as they were printed",
  { values: fc.tuple(nastyText, fc.dictionary(name, nastyText, { noNullPrototype: true })), share: 30 },
  ([before, sections]) => {
    const printed = Object.entries(sections).map(([key, text]) => `\n#m1:${key}\n#m1>on it\n${text}\n`);
    const expected = Object.entries(sections).map(([key, text]) => [key, text.trim()]);
    expect([...parseSections(before + printed.join(""), "m1")]).toEqual(expected);
  },
);

property("assignments never crash, and keep simple values", { values: nastyText, share: 20 }, (text) => {
  parseAssignments(text);
  const value = text.replaceAll(/[\n\r"']/g, "").trim();
  expect(parseAssignments(`A=1\nKEY="${value}"\n`).get("KEY")).toBe(value);
});

property(
  "a probe's output, cut and altered anywhere, gives facts or a MeshError",
  { values: mutatedOutput, share: 70 },
  async (output) => {
    await meshErrorOf(() => parseFacts("web-1", parseSections(output, "")));
  },
);

property(
  "a status or prefs of any shape gives facts or a MeshError",
  { values: printedStatus, share: 40 },
  async (output) => {
    await meshErrorOf(() => parseFacts("web-1", parseSections(output, "")));
  },
);

property("a version is three numbers or nothing, and stays so", { values: nastyText, share: 10 }, (text) => {
  const version = parseVersion(text);
  expect(version).toMatch(/^(\d+\.\d+\.\d+)?$/);
  expect(parseVersion(version)).toBe(version);
});

const prefs = parseFacts("web-1", parseSections(probeOutput(), "")).prefs!;
const flags = fc.dictionary(
  fc.oneof(fc.constantFrom("accept-routes", "advertise-routes", "operator", "exit-node", "ssh"), name),
  fc.oneof(fc.boolean(), fc.double(), nastyText),
  { maxKeys: 5, noNullPrototype: true },
);
property(
  "flags are refused, or become one argument each that names them",
  { values: flags, share: 30 },
  (wanted) => {
    if (flagMistakes(wanted).length > 0) return;
    for (const argument of [...changedFlags(wanted, prefs), ...loginFlags(wanted, prefs)])
      expect(argument).toMatch(/^--[a-z-]+=/);
    expect(Object.keys(readFlags(wanted, prefs))).toEqual(Object.keys(wanted));
  },
);

const chunks = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 6 });
property(
  "marks are found and output is whole, however it is cut",
  { values: fc.tuple(chunks, chunks), share: 20 },
  ([noise, text]) => {
    const bytes = Buffer.concat([...noise, Buffer.from("mesh-ab:ready:42;mesh-ab:start;"), ...text]);
    const whole = Buffer.concat(text);
    const marks: string[] = [];
    const output = new MarkedOutput("mesh-ab", {
      onMark: (mark) => marks.push(mark),
      onOverflow: () => undefined,
    });
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 23 || 1)
      output.push(bytes.subarray(at, at + size));
    expect(marks).toEqual(["ready", "start"]);
    expect(output.text()).toBe(whole.toString("utf8"));
  },
);

property(
  "lines are the same, however the bytes are cut",
  { values: fc.tuple(nastyText, fc.integer({ min: 1, max: 9 })), share: 10 },
  ([text, size]) => {
    const lines: string[] = [];
    const splitter = splitLines((line) => lines.push(line));
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
    splitter.end();
    const whole = bytes.toString();
    expect(lines.join("\n")).toBe(whole.endsWith("\n") ? whole.slice(0, -1) : whole);
  },
);

const keyLine = fc
  .tuple(
    nastyText,
    fc.constantFrom("ssh-ed25519", "ssh-rsa", "ssh-dss", "x"),
    fc.base64String({ maxLength: 60 }),
  )
  .map((parts) => parts.join(" "));
property(
  "known_hosts of any content never crashes",
  { values: fc.array(fc.oneof(keyLine, nastyText), { maxLength: 5 }), share: 20 },
  (lines) => {
    for (const key of findKnownKeys(lines.join("\n"), "web-1")) expect(parseHostKey(key.key)).toBe(key.key);
  },
);
