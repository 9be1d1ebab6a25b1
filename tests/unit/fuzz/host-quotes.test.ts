/** Fuzz: whatever a host shows of itself, an error or a warning about it is one line or few, and moves no terminal. */
import fc from "fast-check";
import { expect } from "@jest/globals";
import { isMeshError } from "../../../errors";
import { createContext, get } from "../../../providers";
import { fakeSession } from "../providers/fake-session";
import { probeOutput } from "../providers/probe-output";
import { property } from "./support";

/** Words with terminal commands, control characters and marks without a width, some of it long. */
const hostile = fc
  .array(
    fc.constantFrom(
      "web",
      "\u001b[2J",
      "\u001b]0;title\u0007",
      "\u009b31m",
      "\u202e",
      "\u0000",
      "\u200b",
      "x".repeat(3_000),
      ".demo",
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const CONFIG = { tailnet_domain: "demo.mesh", login_server: "https://headscale.demo.lab" };

property(
  "what a host shows of itself is quoted without terminal commands, and cut",
  { values: fc.tuple(hostile, hostile, hostile, hostile), share: 20 },
  async ([name, url, health, label]) => {
    const output = probeOutput({
      dnsName: `${name}.`,
      prefs: { ControlURL: url.length % 2 === 0 ? url : CONFIG.login_server },
      health: [health],
      tags: [name],
      mark: `declaration=d-1\nlabel=${label}\n`,
      os: `ID=other\nPRETTY_NAME="${label}"`,
      facts: { broken: label, foreign: url },
    });
    const said: string[] = [];
    const note = (text: string) => void said.push(text);
    const host = { host: "web-1", config: CONFIG, tags: [], declaration: { id: "d-2", label: "own" } };
    const steps = [
      () => get("headscale").inspect!(createContext(fakeSession(output), { progress: note, env: {} }), host),
      () =>
        get("headscale").ensureJoined(createContext(fakeSession(output), { progress: note, env: {} }), host),
      () =>
        get("headscale").ensureJoined(createContext(fakeSession(output), { progress: note, env: {} }), {
          ...host,
          takeOver: true,
          onNameConflict: "accept",
        }),
      () =>
        get("headscale").ensureInstalled(
          createContext(fakeSession(output), { progress: note, env: {} }),
          host,
        ),
    ];
    for (const step of steps) {
      const result: unknown = await step().catch((error: unknown) => error);
      if (isMeshError(result)) said.push(result.message);
      else if (typeof result === "object" && result !== null)
        said.push(...Object.values(result as Record<string, unknown>).flatMap((value) => textsIn(value)));
    }
    for (const text of said) {
      // eslint-disable-next-line no-control-regex -- these are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
      expect(text.length).toBeLessThan(6_000);
    }
  },
);

const textsIn = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value.flatMap(textsIn) : [];
