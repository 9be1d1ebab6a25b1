/** The report's page: figures, escaping, secrets, and that it loads nothing. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { buildReport, describeLink, formatLatency, pairOf } from "../../../cli/report/data";
import { markup, trusted } from "../../../cli/report/html";
import { renderPage } from "../../../cli/report/page";
import { mayWrite, writePage } from "../../../cli/report/write";
import type { Link } from "../../../providers";
import type { Look } from "../../../mesh/look/look";
import { temporaryFolder } from "../../support/temporary-folder";
import { declared, look, node, outOfReach } from "./support";

const targets = ["100.64.0.1", "100.64.0.2", "100.64.0.3"];
const made = new Date("2026-05-01T12:00:00Z");
const report = (looks: readonly Look[]) => buildReport(looks, { from: "stack prod", targets, made });

const linked = (name: string, links: Link[], more: Partial<Look> = {}) =>
  look(name, { survey: { findings: [], routes: { advertised: [] }, links }, ...more });

const three = [
  linked("web-1", [
    { to: "100.64.0.2", via: "direct", latencyMs: 1, detail: "203.0.113.9:41641" },
    { to: "100.64.0.3", via: "relay", latencyMs: 40, detail: "lab" },
  ]),
  linked("web-2", [
    { to: "100.64.0.1", via: "direct", latencyMs: 0.2 },
    { to: "100.64.0.3", via: "none", detail: "no reply" },
    { to: "100.64.0.99", via: "direct", latencyMs: 1 },
  ]),
  outOfReach("db-1"),
];

describe("markup", () => {
  it("escapes whatever is put into it, in text and in quotes, once", () => {
    expect(markup`<a title="${'"><script>'}">${"<b> & 'c'"}</a>`.text).toBe(
      '<a title="&quot;&gt;&lt;script&gt;">&lt;b&gt; &amp; &#39;c&#39;</a>',
    );
    expect(markup`${[markup`<b>${"<"}</b>`, 7, undefined]}${trusted("<i>")}`.text).toBe("<b>&lt;</b>7<i>");
  });
});

describe("the data", () => {
  const { links, hosts, ok, verdict, where } = report(three);

  it("has the links between the hosts, by their places", () => {
    expect(links.map(({ from, to, via }) => [from, to, via])).toEqual([
      [0, 1, "direct"],
      [0, 2, "relay"],
      [1, 0, "direct"],
      [1, 2, "none"],
    ]);
    expect([ok, verdict, where]).toEqual([
      false,
      "1 of 3 hosts is not as declared: db-1",
      "stack prod: headscale, demo.mesh",
    ]);
    expect(hosts.map(({ state, isNode }) => [state, isNode])).toEqual([
      ["joined", true],
      ["joined", true],
      ["out of reach", false],
    ]);
  });

  it("takes the better of two directions for the pair", () => {
    expect(pairOf(links, 1, 0)).toMatchObject({ via: "direct", latencyMs: 0.2 });
    expect(pairOf(links, 0, 2)).toMatchObject({ via: "relay" });
    expect(pairOf(links, 2, 2)).toBeUndefined();
  });

  it("is put in words", () => {
    expect([undefined, ...links].map(describeLink)).toEqual([
      "not measured",
      "direct, 1 ms",
      "by relay lab, 40 ms",
      "direct, <1 ms",
      "no answer: no reply",
    ]);
    expect([formatLatency(undefined), formatLatency(12.6)]).toEqual(["? ms", "13 ms"]);
  });
});

describe("the page", () => {
  const page = renderPage(report(three));

  it("shows a line a pair, a node a host, and a cell a direction", () => {
    expect(page.match(/<g class="link \w+"/g)).toEqual([
      '<g class="link direct"',
      '<g class="link relay"',
      '<g class="link none"',
    ]);
    expect(page.match(/<g class="node /g)).toHaveLength(3);
    expect(page).toContain(
      '<td class="relay" title="web-1 to db-1: by relay lab, 40 ms" data-via="relay" data-ms="40">',
    );
    expect(page).toContain(
      "<title>1 of 3 hosts is not as declared: db-1 - stack prod: headscale, demo.mesh</title>",
    );
    expect(page).toContain('<p class="remedy">See whether the host is up.</p>');
  });

  it("loads nothing, and its policy allows its own style and script alone", () => {
    expect(page).not.toMatch(/\b(src|href|action)=|url\(|@import|https?:\/\/(?!headscale\.demo\.lab)/);
    const [, policy = ""] = /content="(default-src[^"]*)"/.exec(page) ?? [];
    const hash = (tag: string) => {
      const [, text = ""] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page) ?? [];
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash("style")}; script-src ${hash("script")}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/ (style|on\w+)="/);
  });

  it("takes no text of a host, a control server or a client for markup", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
    const hostile = node("web-1", {
      ...{
        fqdn: evil,
        addresses: [evil],
        clientVersion: evil,
        installedBy: evil,
        tags: [evil],
        keyExpiry: evil,
      },
    });
    const made = linked(evil, [{ to: targets[1]!, via: "none", detail: evil }], {
      ...{ node: hostile, drift: [evil], warnings: [evil], expected: `${evil}.${evil}` },
      survey: {
        findings: [],
        links: [{ to: targets[1]!, via: "relay", latencyMs: 1, detail: evil }],
        routes: { advertised: [evil], approved: [] },
        holder: { id: "x", label: `urn:pulumi:${evil}::p` },
      },
      host: declared(evil, { recorded: false }),
    });
    const html = renderPage(
      report([made, linked("web-2", [{ to: targets[0]!, via: "none", detail: evil }])]),
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img/);
    expect(html.split("&lt;img src=x").length).toBeGreaterThan(15);
    // Without what was escaped nothing but our own tags is left.
    const tags = new Set(
      [...html.replace(/<(style|script)>[^]*?<\/\1>/g, "").matchAll(/<\/?([a-z!]\w*)/g)].map(
        ([, tag]) => tag,
      ),
    );
    for (const tag of tags)
      expect(
        "!doctype html head meta title style body header h1 h2 p time ul li b section svg g line text tspan circle div span i strong table thead tbody tr th td small br footer script".split(
          " ",
        ),
      ).toContain(tag);
  });

  it("has no secret, wherever one stands", () => {
    const secrets = {
      connection: {
        host: "203.0.113.8",
        password: "canary-1",
        privateKey: "canary-2",
        privateKeyPassword: "canary-3",
      },
      config: { ...declared("x").config, auth_key_env: "canary-4", api_key_env: "canary-5" },
      extraFlags: { "auth-key": "canary-6" },
      nodeKey: "canary-7",
      machine: { clientKey: "canary-8", machineId: "canary-9" },
    };
    const html = renderPage(report([look("web-1", { host: declared("web-1", secrets) })]));
    expect(html).toContain("web-1.demo.mesh");
    expect(html).not.toContain("canary");
  });

  it("is made for any number of hosts", () => {
    for (const number of [1, 2, 40]) {
      const many = Array.from({ length: number }, (_, index) => look(`web-${index}`));
      const html = renderPage(report(many));
      expect(html.match(/<g class="node /g)).toHaveLength(number);
      expect(html.replace(/<script>[^]*<\/script>/, "")).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe("the file", () => {
  it("is written over an older report, and over nothing else", () => {
    const path = join(temporaryFolder("report"), "mesh.html");
    mayWrite(path, false);
    expect(existsSync(path)).toBe(false);
    expect(writePage(path, renderPage(report(three)))).toBe(path);
    mayWrite(path, false);
    writeFileSync(path, "<html>mine</html>");
    expect(() => mayWrite(path, false)).toThrow(/exists, and is no report/);
    mayWrite(path, true);
    expect(readFileSync(path, "utf8")).toBe("<html>mine</html>");
    expect(() => writePage(join(path, "below"), "")).toThrow(/the page cannot be written/);
  });
});
