/** How a host fetches a tarball: over https to the end, whatever a mirror redirects to. With real clients against a real server. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { installFailed } from "../../../providers/tailnet/install/errors";
import { installScript } from "../../../providers/tailnet/install/scripts";

let folder: string;
let plain: Server;
let secure: Server;
let asked: string[];
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fetch-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-nodes", "-days", "2", ...curve, "-keyout", key, "-out", certificate, ...subject],
    { stdio: "ignore" },
  );
  writeFileSync(join(folder, "wgetrc"), `ca_certificate = ${certificate}\n`);
  writeFileSync(join(folder, "apt.conf"), `Acquire::https::CAInfo "${certificate}";\n`);
  plain = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("from plain http");
  });
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  secure = createSecureServer(tls, (request, response) => {
    const to: Record<string, string> = {
      "/down": `http://localhost:${portOf(plain)}/file`,
      "/along": `https://localhost:${portOf(secure)}/file`,
      "/relative": "/file",
      "/first": "/down",
      "/round": "/round",
    };
    const location = to[request.url ?? ""];
    if (location !== undefined) response.writeHead(302, { location }).end();
    else response.end("the file");
  });
  for (const server of [plain, secure]) await once(server.listen(0, "localhost"), "listening");
});
afterAll(() => {
  for (const server of [plain, secure]) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const CLIENTS = ["curl", "wget", "apt-helper"] as const;
type Client = (typeof CLIENTS)[number];
const isHere = (client: Client) =>
  client === "apt-helper"
    ? existsSync("/usr/lib/apt/apt-helper")
    : spawnSync(client, ["--version"]).status === 0;

/** Runs the script's own `fetch_url`, where only this client is found. */
async function fetchWith(
  client: Client,
  path: string,
): Promise<{ output: string; file: string | undefined }> {
  asked = [];
  const target = join(folder, `${client}.out`);
  rmSync(target, { force: true });
  const [functions = ""] = installScript("tarball")
    .replace(/^lock$/m, "")
    .split(/^section run$/m);
  const code = `${functions}
have() { [ "$1" = "${client}" ]; }
fetch_url "$1" "$2" 2>&1`;
  const url = `https://localhost:${portOf(secure)}${path}`;
  const child = spawn("sh", ["-c", code, "sh", url, target], {
    env: {
      PATH: process.env["PATH"],
      CURL_CA_BUNDLE: join(folder, "cert.pem"),
      WGETRC: join(folder, "wgetrc"),
      APT_CONFIG: join(folder, "apt.conf"),
    },
  });
  let output = "";
  for await (const part of child.stdout) output += String(part);
  return { output, file: existsSync(target) ? readFileSync(target, "utf8") : undefined };
}

describe.each(CLIENTS)("%s", (client) => {
  const test = isHere(client) ? it : it.skip;

  test("fetches a file, also from where https redirects to", async () => {
    for (const path of ["/file", "/along", "/relative"])
      expect(await fetchWith(client, path)).toMatchObject({ file: "the file" });
  });

  test.each(["/down", "/first"])("does not follow %s to plain http, and the error says so", async (path) => {
    const { output, file } = await fetchWith(client, path);
    expect({ asked, file: file || undefined }).toEqual({ asked: [], file: undefined });
    const { message } = installFailed("web-1", "static tarball", output, { method: "tarball" });
    expect(message).toMatch(/redirects to an address without https.*redirect to https, or set install/);
  });

  test("ends where redirects never do", async () => {
    expect((await fetchWith(client, "/round")).file ?? "").not.toContain("the file");
  });
});

it("a wget that is not GNU's is not used, since it would follow any redirect", async () => {
  const path = join(folder, "bin");
  mkdirSync(path);
  writeFileSync(join(path, "wget"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const before = process.env["PATH"];
  process.env["PATH"] = `${path}:${before}`;
  try {
    const { output, file } = await fetchWith("wget", "/file");
    expect(file).toBeUndefined();
    expect(installFailed("web-1", "static tarball", output, { method: "tarball" }).message).toMatch(
      /neither curl nor GNU wget.*Install curl/,
    );
  } finally {
    process.env["PATH"] = before;
  }
});
