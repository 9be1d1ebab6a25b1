/** A host whose peers have to answer: one exec, and an error that says what is in the way. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createContext, get, type VerifyOptions } from "../../../providers";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { hostScript } from "../../../providers/tailnet/scripts";
import { parseAnswers, type Answer } from "../../../providers/tailnet/verify/answers";
import { causeOf, type Listed } from "../../../providers/tailnet/verify/cause";
import { FakeHeadscale } from "../../support/fake-headscale";
import { fakeSession } from "./fake-session";
import { probeOutput } from "./probe-output";

const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };

async function verify(lines: readonly string[], options: Partial<VerifyOptions> = {}) {
  const session = fakeSession(`#:peers\n${lines.join("\n")}\n${probeOutput()}`);
  const steps: string[] = [];
  const ctx = createContext(session, { progress: (step) => steps.push(step), env: {} });
  const wishes = { config, host: "web-1", peers: ["db-1"], ...options };
  const error: unknown = await get("headscale").verify!(ctx, wishes).catch((reason: unknown) => reason);
  return { session, steps, error };
}

describe("a host whose peers have to answer", () => {
  it("asks all of them in one exec: names with the domain and a final dot, addresses as they are", async () => {
    const peers = ["db-1", "Cache.other.mesh", "100.64.0.9", "fd7a::9", "db-1"];
    const names = ["db-1.demo.mesh.", "cache.other.mesh.", "100.64.0.9", "fd7a::9"];
    const lines = names.map((name) => `${name} ok - pong`);
    const { session, steps, error } = await verify(lines, { peers, port: 5432, deadline: 7 });
    expect(error).toBeUndefined();
    expect(session.calls).toEqual([{ label: "verify", args: ["7", "5432", ...names], stdin: undefined }]);
    expect(steps[0]).toBe(
      "waiting for db-1, Cache.other.mesh, 100.64.0.9, fd7a::9 to answer over the mesh, 7 s at most",
    );
  });

  it("fails with each peer that did not, what is in the way, and what to do", async () => {
    const lines = [
      "db-1.demo.mesh. port - refused",
      "db-2.demo.mesh. ok - pong",
      "100.64.0.9 ping - no reply",
    ];
    const { error } = await verify(lines, { peers: ["db-1", "db-2", "100.64.0.9"], port: 80 });
    expect(error).toMatchObject({ kind: "peer-unreachable", host: "web-1" });
    expect(String(error)).toBe(
      "MeshError: web-1: peer unreachable: it has joined, and within 60 s db-1 did not answer: it answers over the mesh, and port 80 refuses the connection: nothing listens there; 100.64.0.9 did not answer: it is down, or the network is in the way: nothing comes back over the mesh, neither directly nor by a relay. Start what shall listen at port 80 of db-1. See whether 100.64.0.9 is up, and with `tailscale netcheck` on both whether UDP or a relay gets through. Then run `pulumi up` again.",
    );
  });

  it("asks the control server's API whether the policy hides one, and once for all", async () => {
    const nodes = [
      { id: "7", givenName: "db-1", ipAddresses: ["100.64.0.7"], online: true },
      { id: "8", givenName: "db-2", ipAddresses: ["100.64.0.8"], online: false },
    ];
    await using server = await FakeHeadscale.start(...nodes);
    const unseen = (name: string) => `${name} ping - no matching peer`;
    const lines = ["db-1.demo.mesh.", "100.64.0.8", "db-3.demo.mesh."].map(unseen);
    const session = fakeSession(`#:peers\n${lines.join("\n")}\n${probeOutput()}`);
    const ctx = createContext(session, { env: { HS_API: "key" } });
    const error: unknown = await get("headscale").verify!(ctx, {
      config: { ...config, login_server: server.url, api_key_env: "HS_API" },
      host: "web-1",
      peers: ["db-1", "100.64.0.8", "db-3"],
    }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/db-1 did not answer: the policy is in the way/);
    expect(String(error)).toMatch(/100\.64\.0\.8 did not answer: the policy is in the way/);
    expect(String(error)).toMatch(/db-3 did not answer: it has not joined: the control server does not list/);
    expect(server.server.calls).toEqual(["GET /api/v1/node"]);
  });

  it("takes a peer that nothing is told of for one that did not answer", async () => {
    expect((await verify([])).error).toMatchObject({ kind: "peer-unreachable" });
  });

  it("fails at once when one is the host itself, by its address", async () => {
    const { error } = await verify(["100.64.0.1 self - local"], { peers: ["100.64.0.1"] });
    expect(error).toMatchObject({ kind: "invalid-config" });
  });
});

describe("what is in the way", () => {
  const NO_NAME = 'error looking up IP of "db-1.demo.mesh.": lookup db-1.demo.mesh.: no such host';
  const TIMEOUT = 'Dial("100.64.0.7", 80): context deadline exceeded';
  it.each<[string, Partial<Answer>, Listed, RegExp]>([
    ["a name that nobody has", { said: NO_NAME }, "no", /^it has not joined/],
    ["a name that the policy hides", { said: NO_NAME }, "online", /^the policy is in the way/],
    ["an address that it hides", { said: "no matching peer" }, "offline", /^the policy is in the way/],
    ["one of the two", { said: "no matching peer" }, "unknown", /not joined, or the policy hides it/],
    ["a node that is offline", { said: "no reply" }, "offline", /^it is offline/],
    ["a network that lets nothing through", { said: "no reply" }, "online", /^the network is in the way/],
    ["the node or the network", { said: "no reply" }, "unknown", /^it is down, or the network/],
    ["nobody at the port", { stage: "port", said: "connection refused" }, "online", /nothing listens there/],
    ["a policy without the port", { stage: "port", rejected: "acl" }, "unknown", /^the policy is in the way/],
    ["shields-up", { stage: "port", rejected: "shields" }, "unknown", /shut by its flag shields-up$/],
    ["another firewall", { stage: "port", rejected: "host-firewall" }, "unknown", /\(host-firewall\)/],
    ["a port that says nothing", { stage: "port", said: TIMEOUT }, "unknown", /policy or a firewall there/],
  ])("%s", (_what, answer, listed, text) => {
    expect(causeOf("db-1", { stage: "ping", said: "", ...answer }, listed, 80).text).toMatch(text);
  });
});

describe("the script on the host", () => {
  let folder: string;
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-verify-"));
    // The n-th look finds what stands in the file of the peer.
    program(
      "tailscale",
      `case "$1" in
ping) shift 5
  echo x >>"${folder}/seen-$1"
  case "$1" in
  slow.) if [ "$(wc -l <"${folder}/seen-$1")" -lt 2 ]; then echo 'no reply'; exit 1; fi; echo 'pong from slow (100.64.0.2) via DERP(lab) in 3ms'; echo 'direct connection not established'; exit 1 ;;
  gone.) echo 'no matching peer'; exit 1 ;;
  me.) echo '100.64.0.1 is local Tailscale IP' ;;
  shut.) echo 'pong from shut (100.64.0.3) via 10.0.0.3:41641 in 1ms' ;;
  esac ;;
nc) if [ "$2" = 100.64.0.2 ]; then exit 0; fi; echo 'Dial(): connection refused'; echo; exit 1 ;;
*) exit 1 ;;
esac`,
    );
    program("journalctl", `echo 'flow TCP 100.64.0.1:5 > 100.64.0.3:80 rejected due to acl'`);
    program("sleep", "exit 0");
    program("grep", `case "$*" in *tailscaled*) echo /proc/1/comm ;; *) exec /bin/grep "$@" ;; esac`);
    program("readlink", "echo same");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const run = (...args: string[]) => {
    const PATH = `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
    const { stdout } = spawnSync("sh", ["-c", hostScript("verify"), "mark-1", ...args], {
      env: { ...process.env, PATH },
      encoding: "utf8",
    });
    return { stdout, answers: parseAnswers(parseSections(stdout, "mark-1").get("peers") ?? "") };
  };

  it("asks again until a peer answers, by a relay, too, and tells each that does", () => {
    const { stdout, answers } = run("30", "80", "slow.", "me.");
    expect(answers.get("slow.")).toMatchObject({ stage: "ok" });
    expect(stdout).toContain("#mark-1>slow answers\n");
    expect(answers.get("me.")).toMatchObject({ stage: "self" });
  });

  it("tells at the deadline how far each came, and that the policy rejects a port", () => {
    const { answers, stdout } = run("1", "80", "gone.", "shut.");
    expect(answers.get("gone.")).toEqual({ stage: "ping", said: "no matching peer" });
    expect(answers.get("shut.")).toEqual({
      stage: "port",
      rejected: "acl",
      said: "Dial(): connection refused",
    });
    expect(stdout).toContain("#mark-1:end");
  });

  it("asks for no port where none is given", () => {
    expect(run("1", "", "shut.").answers.get("shut.")).toMatchObject({ stage: "ok" });
  });
});
