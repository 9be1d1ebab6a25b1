/** What the lab tells its control server, and which programs it can be. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { buildHeadscaleConfig, buildPolicy } from "../../../lab/control/config";
import { buildAuthKeyCommand } from "../../../lab/control/keys";
import { HEADSCALE_RELEASES, headscaleTool } from "../../../lab/control/releases";
import { labPaths } from "../../../lab/paths";
import { TOOLS, toolPath, toolSource } from "../../../lab/prepare/tools";

describe("the lab's control server", () => {
  it("listens on the lab's own address only, so that labs can stand side by side", () => {
    const text = buildHeadscaleConfig("demo", "10.213.7", labPaths("demo"));
    const addresses = text.split("\n").filter((line) => /listen_addr|ipv4/.test(line));
    expect(addresses).toHaveLength(5);
    for (const line of addresses) expect(line).toContain("10.213.7.1");
  });

  it("hands out names outside its own domain, as Headscale demands", () => {
    const config = parse(buildHeadscaleConfig("demo", "10.213.7", labPaths("demo"))) as Record<
      string,
      unknown
    >;
    expect(config["server_url"]).toBe("https://headscale.demo.lab");
    expect(config["dns"]).toMatchObject({ base_domain: "demo.mesh" });
  });

  it("refuses one tag, so that a refusal can be tested", () => {
    const policy = JSON.parse(buildPolicy()) as { tagOwners: Record<string, unknown> };
    expect(Object.keys(policy.tagOwners)).toContain("tag:prod");
    expect(Object.keys(policy.tagOwners)).not.toContain("tag:forbidden");
  });

  it("takes tags with and without their prefix", () => {
    expect(buildAuthKeyCommand("1", { tags: ["prod", "tag:prod", "tag:db"], ephemeral: true })).toEqual([
      ...["preauthkeys", "create", "--user", "1", "--expiration", "1h"],
      ...["--tags", "tag:prod,tag:db", "--ephemeral"],
    ]);
  });
});

describe("the releases of Headscale", () => {
  it.each(HEADSCALE_RELEASES)("%s is a version of that release, the one that its go.mod pins", (release) => {
    const { version } = TOOLS[headscaleTool(release)];
    expect(version.split(".").slice(0, 2).join(".")).toBe(release);
    const module = readFileSync(join(toolSource(headscaleTool(release)), "go.mod"), "utf8");
    expect(module).toContain(`github.com/juanfont/headscale v${version} `);
  });

  it("lie side by side in the cache", () => {
    const programs = HEADSCALE_RELEASES.map((release) => toolPath(headscaleTool(release)));
    expect(new Set(programs).size).toBe(HEADSCALE_RELEASES.length);
  });
});
