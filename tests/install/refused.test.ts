/** What cannot be done is refused with what to do instead, and nothing on the host changes. */
import { expect } from "@jest/globals";
import type { ErrorKind } from "../../errors";
import { install, installRefused, type Settings } from "./support/client";
import { mustRest, NEWEST, OLD } from "./support/expect";
import { changes, listFiles } from "./support/listing";
import { cell } from "./support/record";
import { target, type Target } from "./support/targets";
import { installByHand } from "./support/ways";

const USER = "admin";
const row = { group: "Refused", user: USER } as const;

interface Case {
  readonly target: Target;
  readonly settings: Settings;
  readonly title: string;
  readonly kind: ErrorKind;
  readonly words: string;
}

const CASES: readonly Case[] = [
  {
    target: target("debian"),
    settings: { method: "skip" },
    title: "method: skip",
    kind: "install-failed",
    words: "install.method is skip",
  },
  {
    target: target("arch"),
    settings: { track: "unstable" },
    title: "track: unstable",
    kind: "invalid-config",
    words: "set install.method to tarball",
  },
];

for (const { settings, title, kind, words, ...on } of CASES) {
  const outcome = `refused (${kind}), nothing changes`;
  cell({ ...row, ...on, before: "fresh", settings: title, outcome }, async (host) => {
    const files = await listFiles(host);
    const pass = await installRefused(host, USER, settings);
    const error = pass.value;
    expect({ kind: error.kind, message: error.message }).toEqual({
      kind,
      message: expect.stringContaining(words),
    });
    expect(changes(files, await listFiles(host))).toEqual([]);
    return pass;
  });
}

const unknown = { ...row, target: target("arch"), before: "fresh", settings: `version: ${OLD}` };
cell({ ...unknown, outcome: "refused: the distribution has no such version" }, async (host) => {
  const pass = await installRefused(host, USER, { version: OLD });
  expect(pass.value.message).toMatch(/target not found.*set install\.method to tarball/);
  expect((await host.try("command -v tailscale")).stdout).toBe("");
  return pass;
});

const present = { ...row, target: target("debian"), before: `${NEWEST} by hand`, settings: "method: skip" };
cell({ ...present, outcome: "accepted: the client is there" }, async (host) => {
  await installByHand(host, NEWEST);
  const settings = { method: "skip", min_version: "1.100.0" };
  const pass = await install(host, USER, settings);
  await mustRest(host, USER, settings);
  return pass;
});
