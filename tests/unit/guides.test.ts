/** The commands in the documentation: each is one for a shell, and each guide says of all whether a test follows them. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { extractSnippets, PAGES, readPage } from "../support/pages";

const commands = PAGES.flatMap((path) => extractSnippets(readPage(path), path, ["sh"]));
const inGuides = commands.filter(({ place }) => place.startsWith("docs/guides/"));

it("there are commands in the guides", () => {
  expect(inGuides.length).toBeGreaterThan(10);
});

describe.each(commands)("the commands at $place", ({ text }) => {
  it("are ones that a shell can read", () => {
    expect(spawnSync("sh", ["-n"], { input: text, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

it("each is followed by a test (run, server), or says why not (unrun REASON)", () => {
  const followed = ["docs/guides/headscale.md", "docs/guides/tailscale.md"];
  const unmarked = inGuides.filter(({ kind, note, place }) => {
    if (kind === "unrun") return note === undefined;
    return !(kind === "run" || kind === "server") || !followed.some((page) => place.startsWith(page));
  });
  expect(unmarked.map(({ place }) => place)).toEqual([]);
});
