/** What the lab tells its control server. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildHeadscaleConfig, buildPolicy } from "../../../lab/control/config";
import { buildAuthKeyCommand } from "../../../lab/control/keys";
import { labPaths } from "../../../lab/paths";

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
