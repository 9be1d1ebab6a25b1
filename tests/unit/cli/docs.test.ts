/** The documentation of the command line: each call of it parses, and what it shows is what the code prints. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { formatExamination } from "../../../cli/doctor/print";
import { readHostsFile } from "../../../cli/hosts/file";
import { buildProgram } from "../../../cli/program";
import { judge } from "../../../cli/status/judge";
import { formatStatus } from "../../../cli/status/print";
import type { Finding } from "../../../providers";
import { extractSnippets, PAGES, readPage } from "../../support/pages";
import { temporaryFolder } from "../../support/temporary-folder";
import { look, node, outOfReach, screen } from "./support";

const PAGE = "docs/cli.md";

/** Pure: the calls in a page's shell snippets, with their arguments. */
function callsIn(page: string): string[][] {
  return extractSnippets(readPage(page), page, ["sh"])
    .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
    .flatMap((line) => {
      const [, args] = /^npx pulumi-mesh\b([^#]*)/.exec(line) ?? [];
      return args === undefined ? [] : [args.trim().split(/\s+/)];
    });
}

const calls = PAGES.flatMap((page) => callsIn(page).map((args) => ({ page, args })));

/** Parses, and carries out nothing. */
async function parse(args: readonly string[]): Promise<void> {
  const program = buildProgram("0.0.0", () => undefined);
  for (const command of program.commands)
    command.action(() => undefined).configureOutput({ writeErr: () => undefined });
  await program.parseAsync(["node", "pulumi-mesh", ...args]);
}

describe("calls in the documentation", () => {
  it("are found, of every command", () => {
    const named = calls.filter(({ page }) => page === PAGE).map(({ args }) => args[0]);
    const commands = buildProgram("0.0.0", () => undefined).commands.map((command) => command.name());
    expect([...new Set(named)].sort()).toEqual(commands.sort());
    expect(calls.map(({ page }) => page)).toContain("README.md");
  });

  it.each(calls)("$page: $args", async ({ args }) => {
    await expect(parse(args)).resolves.toBeUndefined();
  });

  it("that would be wrong are seen", async () => {
    await expect(parse(["status", "--nonsense"])).rejects.toThrow("unknown option '--nonsense'");
  });
});

const shown = (kind: string) =>
  extractSnippets(readPage(PAGE), PAGE, ["text"])
    .find((snippet) => snippet.kind === kind)
    ?.text.trimEnd();

it("the status on the page is what is printed", () => {
  const soon = new Date(Date.now() + 12.5 * 24 * 60 * 60 * 1000).toISOString();
  const web1 = node("web-1", { tags: ["tag:prod"], keyExpiry: soon, addresses: ["100.64.0.2"] });
  const looks = [
    look("db-1", { node: node("db-1", { tags: ["tag:prod"] }), drift: ["the node lacks tag:db"] }),
    look("web-1", {
      node: web1,
      survey: { ...look("web-1").survey!, routes: { advertised: ["10.0.0.0/8"], approved: [] } },
      warnings: ["routes that the control server has not approved: 10.0.0.0/8. Approve them there."],
    }),
    outOfReach("web-2"),
  ];
  expect(shown("status")).toBe(formatStatus(looks.map(judge), "stack prod", screen()));
});

it("the examination on the page is what is printed", () => {
  const finding = (check: string, text: string, more: Partial<Finding> = {}): Finding => ({
    ...{ check, level: "ok", text },
    ...more,
  });
  const findings = [
    ...[
      finding("system", "Debian 12"),
      finding("client", "by apt repository"),
      finding("tun", "/dev/net/tun"),
    ],
    ...[finding("ports", "UDP, relay 1"), finding("control", "reached")],
    finding("clock", "3 days behind", { level: "fault", remedy: "Set it." }),
  ];
  const here = [
    finding("API", "HS_APIKEY is accepted; it lists 2 nodes"),
    finding("tags", "tag:x has no owner in the policy", { level: "fault", remedy: "Add it." }),
  ];
  const looks = [
    look("web-1", { survey: { findings, links: [], routes: { advertised: [] } } }),
    outOfReach("web-2"),
  ];
  expect(shown("doctor")).toBe(formatExamination({ from: "stack prod", here, looks }, screen()));
});

it("the file on the page is read", () => {
  const [yaml] = extractSnippets(readPage(PAGE), PAGE, ["yaml"]);
  const path = join(temporaryFolder("docs"), "hosts.yml");
  writeFileSync(path, yaml!.text);
  expect(readHostsFile(path).hosts.map(({ name, tags }) => [name, tags])).toEqual([["web-1", ["tag:web"]]]);
});
