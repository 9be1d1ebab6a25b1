/** A node that serves what is declared: another host reaches it through the mesh, others' ports stay, and what is declared no more goes. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { eventually as poll } from "../support/eventually";
import { connectionTo, freshHosts, mustLab, onHost } from "./support/lab";
import { keyedStack } from "./support/keyed-stack";
import { roundTrips, type Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;

const WEB = { http: 80, to: "http://127.0.0.1:3000" };
const DATABASE = { tcp: 5432, to: "tcp://127.0.0.1:15432" };
/** Served by somebody else. */
const OTHER = 9000;

/** What is behind the ports: one answers HTTP, the other says a word to whoever comes. */
const SERVERS = `
systemd-run -q --unit=web python3 -c '
from http.server import *
class Page(BaseHTTPRequestHandler):
  def do_GET(self): self.send_response(200); self.end_headers(); self.wfile.write(b"page for " + self.headers["Host"].encode())
HTTPServer(("127.0.0.1", 3000), Page).serve_forever()'
systemd-run -q --unit=database python3 -c '
from socketserver import *
class Word(BaseRequestHandler):
  def handle(self): self.request.sendall(b"database")
TCPServer(("127.0.0.1", 15432), Word).serve_forever()'
`;

const eventually = (assertion: () => Promise<void>) => poll(assertion, { timeout: 30_000 });
const sh = (host: string, script: string) => lab.exec(host, ["bash", "-c", script]);
const told = (run: Promise<{ stdout: string }>) => run.then(({ stdout }) => stdout.trim());
const fetched = (name: string, port = 80) =>
  told(sh("host-2", `curl -s --max-time 3 http://${name}.${lab.baseDomain}:${port}/`));
const said = (name: string) =>
  told(sh("host-2", `exec 3<>/dev/tcp/${name}.${lab.baseDomain}/5432 && timeout 3 cat <&3`));
const config = async () =>
  JSON.parse(await onHost(lab, "host-1", "tailscale", "serve", "status", "--json")) as {
    TCP?: Record<string, unknown>;
    Web?: Record<string, unknown>;
  };
const served = async () => Object.keys((await config()).TCP ?? {});

function declare(serve: readonly object[] | undefined, name = "web", aliases?: string[]): Stack {
  return stack.configure({
    hosts: {
      [name]: { connection: connectionTo(lab, "host-1"), tags: ["tag:app"], serve, aliases },
      client: { connection: connectionTo(lab, "host-2"), tags: ["tag:app"] },
    },
  });
}

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  await sh("host-1", SERVERS);
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

describe("a node that serves", () => {
  it("answers the mesh with one declaration, and what somebody else serves stays", async () => {
    await declare(undefined).mustUp();
    await sh("host-1", `tailscale serve --bg --tcp=${OTHER} tcp://127.0.0.1:15432`);
    const run = await declare([WEB, DATABASE]).mustUp();
    expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "serve"] });
    expect(run.output).not.toMatch(/warning/i);
    await eventually(async () => expect(await fetched("web")).toBe(`page for web.${lab.baseDomain}`));
    expect(await said("web")).toBe("database");
    expect(new Set(await served())).toEqual(new Set(["80", "5432", String(OTHER)]));
  });

  it("costs one connection and one exec when all is as declared", async () => {
    expect((await stack.mustUp()).trace).toEqual([]);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toMatch(/Resources:\n {4}4 unchanged/);
    expect(roundTrips(refreshed, "web")).toEqual({ connections: 1, execs: ["probe"] });
  });

  it("that was reset is drift, and mended", async () => {
    await sh("host-1", `tailscale serve reset; tailscale serve --bg --tcp=80 tcp://127.0.0.1:15432`);
    const refreshed = await stack.refresh("--diff");
    expect(refreshed.output).toContain("port 80 is served as tcp, and http is declared");
    expect(refreshed.output).toContain("port 5432 is not served");
    const run = await stack.mustUp();
    expect(roundTrips(run, "web")).toEqual({ connections: 1, execs: ["probe", "serve"] });
    expect(await fetched("web")).toBe(`page for web.${lab.baseDomain}`);
    expect(await said("web")).toBe("database");
  });

  it("answers under its new name after a renaming, and no more under the former one", async () => {
    await sh("host-1", `tailscale serve --bg --tcp=${OTHER} tcp://127.0.0.1:15432`);
    const run = await declare([WEB, DATABASE], "shop", ["web"]).mustUp();
    expect(roundTrips(run, "shop").execs).toContain("serve");
    await eventually(async () => expect(await fetched("shop")).toBe(`page for shop.${lab.baseDomain}`));
    expect(await said("shop")).toBe("database");
    expect(Object.keys((await config()).Web ?? {})).toEqual([`shop.${lab.baseDomain}:80`]);
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("says what the client refuses, and is in the mesh all the same", async () => {
    // The client listens in the foreground: nobody takes that from it.
    await sh(
      "host-1",
      "systemd-run -q --unit=foreground tailscale serve --http=8080 http://127.0.0.1:3000; sleep 1",
    );
    const blocked = { ...WEB, http: 8080 };
    const run = await declare([WEB, DATABASE, blocked], "shop").up();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("port 8080 is not served");
    expect(run.output).toContain("foreground listener already exists for port 8080");
    await sh("host-1", "systemctl stop foreground");
    await stack.mustUp();
    await eventually(async () =>
      expect(await fetched("shop", 8080)).toBe(`page for shop.${lab.baseDomain}:8080`),
    );
  });

  it("serves no more what is declared no more, and nothing of others goes with it", async () => {
    await declare([DATABASE], "shop").mustUp();
    expect(new Set(await served())).toEqual(new Set(["5432", String(OTHER)]));
    expect(await fetched("shop")).toBe("");
    await declare(undefined, "shop").mustUp();
    expect(await served()).toEqual([String(OTHER)]);
    expect((await config()).Web).toBeUndefined();
    expect((await stack.mustUp()).trace).toEqual([]);
  });

  it("refuses at preview what Headscale has no certificate for, with the reason", async () => {
    const run = await declare([{ port: 443, to: WEB.to }], "shop").preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("serve[0]: port 443 is https, which needs a certificate");
    expect(run.trace).toEqual([]);
    declare(undefined, "shop");
  });

  it("serves nothing after it has left", async () => {
    await declare([WEB], "shop").mustUp();
    expect((await stack.destroy()).code).toBe(0);
    expect(await served()).toEqual([]);
  });
});
