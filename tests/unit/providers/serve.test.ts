/** Ports that a node serves, as declared: set, read back, withdrawn, and nobody else's touched. */
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join as joinPath } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { get, type ServedPort } from "../../../providers";
import type { ServeConfig } from "../../../providers/tailnet/probe/serve";
import { planServe } from "../../../providers/tailnet/serve/plan";
import { hostScript } from "../../../providers/tailnet/scripts";
import { toServed } from "../../../serve";
import { inspect, join, labels, leave, MACHINE, markOf, OURS, THEIRS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const FQDN = "web-1.demo.mesh";
const HTTP: ServedPort = { http: 80, to: "http://127.0.0.1:3000" };
const TCP: ServedPort = { tcp: 5432, to: "tcp://127.0.0.1:15432" };

const site = (to: string) => ({ Handlers: { "/": { Proxy: to } } });
const ofHttp = (to = HTTP.to, name = FQDN) => ({
  TCP: { "80": { HTTP: true } },
  Web: { [`${name}:80`]: site(to) },
});
const ofTcp = { "5432": { TCPForward: "127.0.0.1:15432" } };
const BOTH = { ...ofHttp(), TCP: { ...ofHttp().TCP, ...ofTcp } };

const probe = (serve?: ProbeParts["serve"], parts: ProbeParts = {}) =>
  probeOutput({ machine: MACHINE, mark: markOf(OURS), serve, ...parts });
const RUN = { run: { code: 0, output: "Available within your tailnet" } };

/** The steps that the script was given. */
const steps = (args: readonly string[]) =>
  Array.from({ length: Math.floor((args.length - 1) / 4) }, (_, i) =>
    args
      .slice(1 + 4 * i, 5 + 4 * i)
      .join(" ")
      .trim(),
  );

const plan = (config: ServeConfig, ours: readonly ServedPort[], former: readonly ServedPort[] = []) =>
  planServe(config, FQDN, { ours: ours.map(toServed), former: former.map(toServed) });

describe("what is declared to be served", () => {
  it("is served with one exec more, and read back", async () => {
    const { error, warnings, session } = await join([probe(), probe(BOTH, RUN)], { serve: [HTTP, TCP] });
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(labels(session)).toEqual(["probe", "serve"]);
    expect(steps(session.calls[1]!.args)).toEqual([
      "serve http 80 http://127.0.0.1:3000",
      "serve tcp 5432 tcp://127.0.0.1:15432",
    ]);
  });

  it("costs nothing when it is so already", async () => {
    const { error, session } = await join([probe(BOTH)], {
      serve: [HTTP, TCP],
      former: { serve: [TCP, HTTP] },
    });
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is an error that says what is wrong when the client did otherwise", async () => {
    const output = "error: foreground listener already exists for port 80";
    const { error } = await join([probe(), probe({ TCP: ofTcp }, { run: { code: 1, output } })], {
      serve: [HTTP, TCP],
    });
    expect(error).toMatchObject({ kind: "join-failed" });
    expect(String(error)).toContain("port 80 is not served");
    expect(String(error)).toContain(output);
    expect(String(error)).not.toContain("5432");
  });

  it("is asked for in the probe, and only where it is declared or was", async () => {
    const asked = async (options: Parameters<typeof join>[1]) =>
      (await join([probe(BOTH), probe(BOTH, RUN)], options)).session.calls[0]!.args;
    expect(await asked({ serve: [HTTP] })).toEqual(["serve"]);
    expect(await asked({ former: { serve: [HTTP] } })).toEqual(["serve"]);
    expect(await asked({})).toEqual([]);
    const { session } = await inspect([probe(BOTH)], undefined, { serve: [HTTP] });
    expect(session.calls.map(({ args }) => args)).toEqual([["serve"]]);
  });

  it("is asked for once more after another change, which does not tell", async () => {
    const before = probe("unread", { prefs: { Hostname: "old" } });
    const { error, session } = await join([before, probe("unread", RUN), probe(BOTH)], { serve: [HTTP] });
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe", "change", "probe"]);
  });

  it("is an error of a client that does not tell", async () => {
    const unread = [probe("unread"), probe("unread")];
    expect((await join(unread, { serve: [HTTP] })).error).toMatchObject({ kind: "join-failed" });
    expect((await join(unread)).error).toBeUndefined();
    expect((await inspect(unread, undefined, { serve: [HTTP] })).result).toMatchObject({
      drift: ["the client does not tell what it serves (`tailscale serve status --json`)"],
    });
  });

  it("takes no port that the connection comes in at through the mesh", async () => {
    const serve = [{ tcp: 22, to: "tcp://127.0.0.1:2222" }];
    const riding = { peer: "100.64.0.9 50000 100.64.0.1 22" };
    expect((await join([probe({}, riding)], { serve })).error).toMatchObject({ kind: "would-lock-out" });
    const served = probe({ TCP: { "22": { TCPForward: "127.0.0.1:2222" } } }, RUN);
    expect(
      (await join([probe({}, { peer: "10.0.0.9 50000 10.0.0.1 22" }), served], { serve })).error,
    ).toBeUndefined();
  });
});

describe("a port", () => {
  it("that is declared no more is served no more, and others' stay", () => {
    const config = { TCP: { ...BOTH.TCP, "9000": { TCPForward: "127.0.0.1:9" } }, Web: BOTH.Web };
    expect(plan(config, [HTTP], [HTTP, TCP])).toEqual({
      steps: [{ act: "off", protocol: "tcp", port: 5432 }],
      warnings: [],
    });
    expect(plan({}, [], [HTTP, TCP])).toEqual({ steps: [], warnings: [] });
  });

  it("that a run which broke off may have set or not goes either way", () => {
    const before = { ...HTTP, to: "http://127.0.0.1:9" };
    for (const to of [HTTP.to, before.to])
      expect(plan(ofHttp(to), [], [before, HTTP])).toEqual({
        steps: [{ act: "off", protocol: "http", port: 80 }],
        warnings: [],
      });
  });

  it("that leads elsewhere by now is somebody's, and stays", () => {
    const { steps, warnings } = plan(ofHttp("http://127.0.0.1:9"), [], [HTTP]);
    expect(steps).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("port 80 serves something else than was declared")]);
  });

  it("that somebody else served serves what is declared, with a word", () => {
    const { steps, warnings } = plan(ofHttp("http://127.0.0.1:9"), [HTTP]);
    expect(steps).toEqual([{ act: "serve", protocol: "http", port: 80, to: HTTP.to }]);
    expect(warnings).toEqual([
      expect.stringContaining("port 80 was served by somebody else (http to http://127.0.0.1:9)"),
    ]);
    expect(plan(ofHttp("http://127.0.0.1:9"), [HTTP], [HTTP]).warnings).toEqual([]);
  });

  it("is freed before something else is spoken there", () => {
    const https = { port: 80, to: HTTP.to };
    expect(plan(ofHttp(), [https], [HTTP])).toEqual({
      steps: [
        { act: "off", protocol: "http", port: 80 },
        { act: "serve", protocol: "https", port: 80, to: HTTP.to },
      ],
      warnings: [],
    });
  });

  it("under a former name of the node goes there, with the port where nothing else is at it", () => {
    const old = { ...ofHttp(HTTP.to, "old.demo.mesh"), AllowFunnel: { "old.demo.mesh:80": true } };
    const { cleaned, steps } = plan({ ...old, Services: { "svc:x": {} } }, [HTTP], [HTTP]);
    expect(cleaned).toEqual({ TCP: {}, Web: {}, AllowFunnel: {}, Services: { "svc:x": {} } });
    expect(steps).toEqual([{ act: "serve", protocol: "http", port: 80, to: HTTP.to }]);
    expect(plan(old, [], [HTTP])).toMatchObject({ steps: [], warnings: [], cleaned: { TCP: {} } });
    const paths = {
      TCP: old.TCP,
      Web: {
        "old.demo.mesh:80": { Handlers: { "/": { Proxy: HTTP.to }, "/x": { Proxy: "http://127.0.0.1:1" } } },
      },
    };
    expect(plan(paths, [], [HTTP]).cleaned).toEqual({
      TCP: { "80": { HTTP: true } },
      Web: { "old.demo.mesh:80": { Handlers: { "/x": { Proxy: "http://127.0.0.1:1" } } } },
    });
    expect(plan(ofHttp("http://127.0.0.1:9", "old.demo.mesh"), [], [HTTP]).cleaned).toBeUndefined();
  });

  it("that is TLS under a former name is served anew", () => {
    const tls = { tls: 993, to: "tcp://127.0.0.1:143" };
    const at = (name: string) => ({ TCP: { "993": { TCPForward: "127.0.0.1:143", TerminateTLS: name } } });
    expect(plan(at(FQDN), [tls]).steps).toEqual([]);
    expect(plan(at("old.demo.mesh"), [tls]).steps).toHaveLength(1);
  });

  it("is opened to the internet, and closed again", () => {
    const at = (on: boolean) => ({
      TCP: { "443": { HTTPS: true } },
      Web: { [`${FQDN}:443`]: site(HTTP.to) },
      AllowFunnel: on ? { [`${FQDN}:443`]: true } : undefined,
    });
    const shut = { port: 443, to: HTTP.to };
    expect(plan(at(false), [{ ...shut, funnel: true }]).steps).toMatchObject([{ act: "funnel" }]);
    expect(plan(at(true), [shut], [shut]).steps).toMatchObject([{ act: "serve" }]);
    expect(plan(at(true), [{ ...shut, funnel: true }]).steps).toEqual([]);
  });
});

describe("a refresh", () => {
  const https: ServedPort = { port: 443, to: HTTP.to };
  it.each([
    ["what is not served", {}, HTTP, "port 80 is not served"],
    [
      "https that came back as http (tailscale#18381)",
      { TCP: { "443": { HTTP: true } } },
      https,
      "port 443 is served as http, and https is declared",
    ],
    [
      "another place",
      ofHttp("http://127.0.0.1:9"),
      HTTP,
      "port 80 leads to http://127.0.0.1:9, and not to http://127.0.0.1:3000",
    ],
    ["another name", ofHttp(HTTP.to, "old.demo.mesh"), HTTP, `port 80 is not served under the name ${FQDN}`],
    [
      "a port that is open to the internet",
      { ...ofHttp(), AllowFunnel: { [`${FQDN}:80`]: true } },
      HTTP,
      "port 80 is open to the internet (funnel), which is not declared",
    ],
  ])("tells %s", async (_what, config, declared, sentence) => {
    const { result } = await inspect([probe(config)], undefined, { serve: [declared] });
    expect(result).toMatchObject({ drift: [sentence] });
  });

  it("tells nothing of what is right, of a slash at the end, and of others' ports", async () => {
    expect((await inspect([probe(BOTH)], undefined, { serve: [HTTP] })).result).toMatchObject({ drift: [] });
    const slash = { ...HTTP, to: `${HTTP.to}/` };
    expect((await inspect([probe(BOTH)], undefined, { serve: [slash] })).result).toMatchObject({ drift: [] });
  });
});

describe("a host that is given back to whom it was taken over from", () => {
  it("serves no more what was declared here", async () => {
    const mark = markOf(OURS, undefined, THEIRS);
    const { result, session } = await leave([probe(BOTH, { mark }), probe(BOTH, RUN), probe(ofHttp(), RUN)], {
      serve: [TCP],
    });
    expect(result).toMatchObject({ outcome: "left" });
    expect(labels(session)).toEqual(["probe", "mark", "serve"]);
    expect(steps(session.calls[2]!.args)).toEqual(["off tcp 5432"]);
  });
});

describe("a control server", () => {
  const serve = [HTTP, TCP, { port: 443, to: HTTP.to }, { tls: 993, to: TCP.to, funnel: true }];

  it("without certificates refuses what needs one, with the reason", async () => {
    expect(get("headscale").checkServe!(serve)).toEqual([
      { path: [2], message: expect.stringContaining("port 443 is https, which needs a certificate") },
      { path: [3], message: expect.stringContaining("port 993 is tls, which needs a certificate") },
      { path: [3, "funnel"], message: expect.stringContaining("Tailscale's relays") },
    ]);
    const { error, session } = await join([], { serve });
    expect(error).toMatchObject({ kind: "invalid-config" });
    expect(String(error)).toContain("serve[2]: port 443 is https");
    expect(labels(session)).toEqual([]);
  });

  it("of Tailscale refuses none of it", () => {
    expect(get("tailscale").checkServe!(serve)).toEqual([]);
  });
});

describe("the script", () => {
  /** Runs it with a client that writes down what it is asked. */
  function run(args: readonly string[], stdin: string, config: string, failing = "") {
    const bin = mkdtempSync(joinPath(tmpdir(), "serve-"));
    try {
      const client = `#!/bin/sh\necho "$*" >>${bin}/asked\ncase "$*" in 'serve status --json') printf '%s\\n' '${config}' ;; *set-raw) cat >${bin}/raw ;; '${failing}') echo refused; exit 3 ;; esac\n`;
      writeFileSync(joinPath(bin, "tailscale"), client);
      chmodSync(joinPath(bin, "tailscale"), 0o755);
      const script = hostScript("serve").replaceAll(/^(lock|probe)$/gm, "");
      const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"]}` };
      const { stdout } = spawnSync("sh", ["-c", script, "m", ...args], {
        encoding: "utf8",
        input: stdin,
        env,
      });
      const read = (name: string) => readFileSync(joinPath(bin, name), "utf8").trim();
      return { stdout, asked: read("asked").split("\n"), raw: () => read("raw") };
    } finally {
      setImmediate(() => rmSync(bin, { recursive: true, force: true }));
    }
  }

  it("takes ours alone away, and goes on after a step that fails", () => {
    const off = ["off", "http", "80", "", "off", "tls-terminated-tcp", "993", ""];
    const on = [
      "serve",
      "tcp",
      "5432",
      "tcp://127.0.0.1:15432",
      "funnel",
      "https",
      "443",
      "http://127.0.0.1:3000",
    ];
    const { stdout, asked } = run(["", ...off, ...on], "", "{}", "serve --yes --http=80 --set-path=/ off");
    expect(asked).toEqual([
      "serve --yes --http=80 --set-path=/ off",
      "serve --yes --tls-terminated-tcp=993 off",
      "serve --bg --yes --tcp=5432 tcp://127.0.0.1:15432",
      "funnel --bg --yes --https=443 http://127.0.0.1:3000",
    ]);
    expect(stdout).toContain("refused\n\n#m:code\n3\n");
  });

  it("writes a configuration only in place of the one that it was made from", () => {
    const former = '{\n  "Web": {}\n}';
    const sum = createHash("sha256").update(former).digest("hex");
    const { asked, raw } = run([sum], "{}", former);
    expect(asked).toEqual(["serve status --json", "serve set-raw"]);
    expect(raw()).toBe("{}");
    expect(run([sum], "{}", '{ "Web": { "x:80": {} } }').asked).toEqual(["serve status --json"]);
  });
});
