/** What a look at a host means, and how it is told at 80 columns. */
import { describe, expect, it } from "@jest/globals";
import { flagDifferences } from "../../../mesh/look/flags";
import { judge, verdictOf } from "../../../cli/status/judge";
import { expiryOf, formatStatus, hostAsJson, routesOf } from "../../../cli/status/print";
import { declared, look, node, outOfReach, screen, widest } from "./support";

const stateOf = (...args: Parameters<typeof look>) => {
  const { level, state } = judge(look(...args));
  return [level, state];
};

describe("a host", () => {
  it("is right when it is joined as declared, with a warning, too", () => {
    expect(stateOf("web-1")).toEqual(["ok", "joined"]);
    expect(stateOf("web-1", { warnings: ["MagicDNS is off"] })).toEqual(["warn", "joined"]);
  });

  it("is wrong when it differs, is not joined, down or out of reach", () => {
    expect(stateOf("web-1", { drift: ["the node lacks tag:db"] })).toEqual(["fault", "drift"]);
    expect(stateOf("web-1", { joined: false, node: undefined })).toEqual(["fault", "not joined"]);
    expect(stateOf("web-1", { joined: undefined, node: undefined, drift: ["down"] })).toEqual([
      "fault",
      "down",
    ]);
    const { level, state, problems } = judge(outOfReach("web-2"));
    expect([level, state, problems]).toEqual([
      "fault",
      "out of reach",
      [{ text: "no answer within 15 s", remedy: "See whether the host is up." }],
    ]);
  });

  it("is not known where its network provider cannot look", () => {
    expect(stateOf("web-1", { joined: undefined, node: undefined, survey: undefined })).toEqual([
      "unknown",
      "unknown",
    ]);
  });

  it("is put right by a refresh when the state knows it, and by an up when it is new", () => {
    const drift = ["the node lacks tag:db"];
    expect(judge(look("web-1", { drift })).problems[0]!.remedy).toContain("pulumi up --refresh");
    const host = declared("web-1", { recorded: false });
    expect(judge(look("web-1", { drift, host })).problems[0]!.remedy).toBe("Run `pulumi up`.");
  });

  it("that another declaration holds is not put right by running up again", () => {
    const drift = ["the host is held by other by now"];
    const survey = {
      findings: [],
      links: [],
      routes: { advertised: [] },
      holder: { id: "d-9", label: "other" },
    };
    expect(judge(look("web-1", { drift, survey })).problems[0]!.remedy).toContain(
      "Remove one of the two declarations",
    );
  });
});

describe("the first line", () => {
  const of = (...looks: ReturnType<typeof look>[]) => verdictOf(looks.map(judge));

  it("tells the verdict", () => {
    expect(of(look("web-1"))).toBe("the host is as declared");
    expect(of(look("web-1"), look("web-2", { warnings: ["late"] }))).toBe(
      "all 2 hosts are as declared; 1 warning",
    );
    expect(of(look("web-1"), outOfReach("web-2"))).toBe("1 of 2 hosts is not as declared: web-2");
    expect(of(look("web-1", { joined: undefined, node: undefined, survey: undefined }))).toBe(
      "1 of 1 host is not known: web-1",
    );
  });
});

describe("the status", () => {
  const looks = [
    look("web-1", { node: node("web-1", { tags: ["tag:prod", "tag:web"] }) }),
    outOfReach("web-2"),
    look("a-very-long-name-of-a-database-server-1", {
      node: node("db-1", { tags: ["tag:db"], keyExpiry: "2020-01-01T00:00:00Z" }),
      drift: ["expected the FQDN db-1.demo.mesh, found db-1-1.demo.mesh"],
      warnings: ["the key of the node has expired on 2020-01-01"],
      survey: {
        findings: [],
        links: [],
        routes: { advertised: ["10.0.0.0/8", "10.1.0.0/16"], approved: ["10.0.0.0/8"] },
      },
    }),
  ];

  it("is a table at 80 columns, then what is wrong, with remedies", () => {
    const text = formatStatus(looks.map(judge), "stack prod", screen());
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text.split("\n").slice(0, 3)).toEqual([
      "2 of 3 hosts are not as declared: web-2, a-very-long-name-of-a-d…; 1 warning",
      "stack prod: headscale, demo.mesh",
      "",
    ]);
    expect(text).toMatch(/^HOST +STATE +ADDRESS +VERSION +TAG: +EXPIRES +ROUTES +HOLDER$/m);
    expect(text).toMatch(/^web-1 +joined +100\.64\.0\.1 +1\.102\.0 +prod web +never +- +ours$/m);
    expect(text).toMatch(/^web-2 +out of reach +- +- +- +- +- +-$/m);
    expect(text).toMatch(/^a-very\S*… +drift +100\.64\.0\.1 +1\.102\.0 +db +expired +1\/2 +nobody$/m);
    expect(text).toContain("fault web-2\n  no answer within 15 s\n  -> See whether the host is up.");
  });

  it("says when a key expires, and how many routes are approved", () => {
    const now = new Date("2026-01-01T00:00:00Z");
    expect(expiryOf(undefined, now)).toBe("never");
    expect(expiryOf("2026-01-13T12:00:00Z", now)).toBe("in 12 d");
    expect(expiryOf("2025-12-31T00:00:00Z", now)).toBe("expired");
    expect(routesOf({ advertised: [] })).toBe("-");
    expect(routesOf({ advertised: ["10.0.0.0/8"] })).toBe("?/1");
  });

  it("as JSON has the node, the problems, and nothing of the connection but what it leads to", () => {
    const connection = {
      host: "203.0.113.8",
      password: "canary-1",
      privateKey: "canary-2",
      privateKeyPassword: "canary-3",
    };
    const host = declared("web-1", {
      connection,
      config: { ...declared("x").config, auth_key_env: "canary-4" },
    });
    const told = hostAsJson(judge(look("web-1", { host })));
    expect(told).toMatchObject({
      name: "web-1",
      state: "joined",
      fqdn: "web-1.demo.mesh",
      holder: { isThisStack: true },
    });
    expect(JSON.stringify(told)).not.toContain("canary");
  });
});

it("flags that are not as declared are named with both values", () => {
  const wanted = { "accept-routes": true, "advertise-routes": ["10.0.0.0/8"], hostname: "web-1" };
  expect(flagDifferences(wanted, { "accept-routes": false, "advertise-routes": [] })).toEqual([
    "the flag accept-routes is false, expected true",
    "the flag advertise-routes is empty, expected 10.0.0.0/8",
  ]);
  expect(flagDifferences(wanted, wanted)).toEqual([]);
});
