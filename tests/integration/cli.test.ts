/** The command line on real hosts: right, wrong, and a page of them in a real browser. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { mustChromium } from "./support/chromium";
import { runCommand, type CommandRun } from "./support/command-line";
import { eventually } from "../support/eventually";
import { connectionTo, freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { Installation } from "./support/package";
import { roundTrips, spawnAndRead, Stack } from "./support/stack";

const HOSTS = { "web-1": "host-1", "web-2": "host-2", "db-1": "host-3" } as const;
const NAMES = Object.keys(HOSTS) as (keyof typeof HOSTS)[];

let lab: Lab;
let stack: Stack;
let settings: { network: object; hosts: object };
const folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-cli-"));
const page = join(folder, "mesh.html");

const run = (...args: string[]) => runCommand(lab, args, { stack });
const ofStack = (command: string, ...more: string[]) => run(command, "--stack", stack.name, ...more);
const firstLine = ({ stdout }: CommandRun) => stdout.split("\n")[0];
const widest = ({ stdout }: CommandRun) => Math.max(...stdout.split("\n").map((line) => [...line].length));

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, ...Object.values(HOSTS));
  const env = { MESH_AUTHKEY: await lab.authKey({ tags: ["app"] }), MESH_API: await lab.apiKey() };
  stack = await Stack.create(lab, { env });
  const password = await lab.opsPassword();
  settings = {
    network: headscaleNetwork(lab, {
      api_key_env: "MESH_API",
      auth_key_env: "MESH_NONE",
      default_tags: ["tag:app"],
    }),
    hosts: {
      "web-1": { connection: connectionTo(lab, "host-1") },
      "web-2": {
        connection: connectionTo(lab, "host-2", "admin"),
        flags: { "advertise-routes": ["10.99.0.0/24"] },
      },
      "db-1": { connection: { host: lab.host("host-3").address, user: "ops", password }, tags: ["tag:db"] },
    },
  };
  stack.configure(settings);
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The stack's configuration as a file: what doctor is for before the first up. */
function hostsFile(): string {
  const path = join(folder, "hosts.yml");
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

describe("new hosts", () => {
  it("are ready: doctor says by which way each would be installed, in one exec, and installs nothing", async () => {
    const examined = await run("doctor", "--file", hostsFile());
    expect(examined.code).toBe(0);
    expect(firstLine(examined)).toBe("all 3 hosts are ready");
    for (const name of NAMES) {
      expect(examined.stdout).toMatch(
        new RegExp(`^${name} +\\S+ +ok +ok +ok +Debian 12 by apt +ok +- +ok +ok$`, "m"),
      );
      expect(roundTrips(examined, name)).toEqual({ connections: 1, execs: ["survey"] });
    }
    expect(examined.stdout).toMatch(/^here +auth key +ok +made for each login$/m);
    expect(examined.stdout).toMatch(/^ +tags +ok +tag:app, tag:db$/m);
    expect((await lab.exec("host-1", ["sh", "-c", "command -v tailscale"])).code).not.toBe(0);
  });

  it("are not as declared: status says that they are not joined", async () => {
    const { code, stdout } = await run("status", "--json", "--file", hostsFile());
    expect(code).toBe(1);
    const { hosts } = JSON.parse(stdout) as { hosts: { state: string }[] };
    expect(hosts.map(({ state }) => state)).toEqual(["not joined", "not joined", "not joined"]);
  });

  it("are not ready when a tag is unknown to the policy, or nobody answers", async () => {
    const file = join(folder, "wrong.yml");
    const network = headscaleNetwork(lab, { api_key_env: "MESH_API", default_tags: ["tag:forbidden"] });
    const connection = { host: lab.host("host-1").address, port: 1, dialErrorLimit: 0 };
    writeFileSync(file, JSON.stringify({ network, hosts: { "web-1": { connection } } }));
    const examined = await run("doctor", "--file", file);
    expect(examined.code).toBe(1);
    expect(firstLine(examined)).toBe("1 of 1 host is not ready: web-1; not right here: tags");
    expect(examined.stdout).toContain("tags: tag:forbidden has no owner in the policy\n  -> Add the tags");
  });
});

describe("joined hosts", () => {
  beforeAll(async () => {
    await stack.mustUp();
    for (const host of Object.values(HOSTS))
      await lab.exec(host, ["sh", "-c", "sleep 1; touch /run/before-looking"]);
  });

  it("are as declared: status agrees with the control server, and costs one connection and the probe", async () => {
    const told = await ofStack("status", "--json");
    expect(told.code).toBe(0);
    const { hosts } = JSON.parse(told.stdout) as {
      hosts: {
        name: string;
        nodeId: string;
        tags: string[];
        fqdn: string;
        routes: object;
        holder: object;
        clientVersion: string;
      }[];
    };
    const listed = await listNodes(lab);
    for (const { name, nodeId, tags, fqdn, holder, clientVersion } of hosts) {
      const node = listed.find((each) => each.name === name)!;
      expect({ name, nodeId, tags, fqdn }).toEqual({
        ...{ name, nodeId: node.id, tags: node.tags, fqdn: `${name}.${lab.baseDomain}` },
      });
      expect(holder).toMatchObject({ isThisStack: true });
      expect(clientVersion).toBe("1.102.0");
      expect(roundTrips(told, name)).toEqual({ connections: 1, execs: ["probe"] });
    }
    expect(hosts.find(({ name }) => name === "web-2")!.routes).toEqual({
      advertised: ["10.99.0.0/24"],
      approved: ["10.99.0.0/24"],
    });
  });

  it("are a table at 80 columns, that names a route which somebody has withdrawn", async () => {
    const node = (await listNodes(lab)).find(({ name }) => name === "web-2")!;
    const approve = (routes: string) =>
      lab.headscale(["nodes", "approve-routes", "--identifier", node.id, "--routes", routes]);
    await approve("");
    const told = await ofStack("status");
    expect([told.code, firstLine(told)]).toEqual([1, "1 of 3 hosts is not as declared: web-2"]);
    expect(widest(told)).toBeLessThanOrEqual(80);
    expect(told.stdout).toMatch(/^web-2 +drift +100\.64\S+ +1\.102\.0 +app +never +0\/1 +ours$/m);
    expect(told.stdout).toMatch(/^fault web-2\n {2}.*10\.99\.0\.0\/24/m);
    await approve("10.99.0.0/24");
    expect(firstLine(await ofStack("status"))).toBe("all 3 hosts are as declared");
  });

  it("are ready: doctor finds UDP and a relay", async () => {
    const examined = await ofStack("doctor");
    expect(examined.code).toBe(0);
    expect(widest(examined)).toBeLessThanOrEqual(80);
    for (const name of NAMES)
      expect(examined.stdout).toMatch(new RegExp(`^${name} .* Debian 12 +1\\.102\\.0 +ok +ok +ok +ok$`, "m"));
  });

  describe("in a report", () => {
    let browser: Browser;
    let tab: Page;
    const requests: string[] = [];
    const complaints: string[] = [];

    beforeAll(async () => {
      // Nothing but the relay is left between these two.
      const { address } = lab.host("host-2");
      for (const rule of [`OUTPUT -p udp -d ${address}`, `INPUT -p udp -s ${address}`])
        await onHost(lab, "host-3", "sh", "-c", `iptables -I ${rule} -j DROP`);
      browser = await mustChromium();
      tab = await browser.newPage();
      tab.on("request", (request) => void requests.push(request.url()));
      tab.on("console", (message) => void complaints.push(message.text()));
      tab.on("pageerror", (error) => void complaints.push(error.message));
    });
    afterAll(async () => {
      await browser?.close();
      await lab.exec("host-3", ["iptables", "-F"]);
    });
    /** Runs in the page, which has types of its own. */
    const evaluate = async <T>(script: string) => (await tab.evaluate(script)) as T;
    const texts = (selector: string) =>
      evaluate<string[]>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent.replace(/\\s+/g, " ").trim())`,
      );

    it("are written to a page, with one connection each, and no secret", async () => {
      const made = await ofStack("report", "--output", page);
      expect([made.code, made.stdout]).toEqual([0, `all 3 hosts are as declared\n${page}\n`]);
      for (const name of NAMES) expect(roundTrips(made, name)).toEqual({ connections: 1, execs: ["survey"] });
      const text = readFileSync(page, "utf8");
      for (const secret of [
        stack.env["MESH_API"]!,
        stack.env["MESH_AUTHKEY"]!,
        await lab.opsPassword(),
        lab.identityFile,
      ])
        expect(text).not.toContain(secret);
    });

    it("show the lab's own figures, and the page loads nothing", async () => {
      await tab.goto(`file://${page}`);
      expect(await texts("h1")).toEqual(["all 3 hosts are as declared"]);
      const nodes = await listNodes(lab);
      const rows = await texts("#hosts tbody tr");
      for (const { name, tags } of nodes) {
        const address = await onHost(lab, HOSTS[name as keyof typeof HOSTS], "tailscale", "ip", "-4");
        const row = rows.find((each) => each.startsWith(`${name} `))!;
        expect(row).toContain(`joined ${name}.${lab.baseDomain} ${address} `);
        expect(row).toContain(` ${tags.join(" ")} 1.102.0apt repository never `);
      }
      expect(requests).toEqual([`file://${page}`]);
      expect(complaints).toEqual([]);
    });

    it("are linked as they are: what is blocked goes through the relay", async () => {
      const links = await texts(".link title");
      expect(links).toEqual([
        expect.stringMatching(/^db-1 and web-1: direct, \S+ ms$/),
        expect.stringMatching(/^db-1 and web-2: by relay lab, \S+ ms$/),
        expect.stringMatching(/^web-1 and web-2: direct, \S+ ms$/),
      ]);
      const cells = await evaluate(
        `[...document.querySelectorAll("#matrix tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.className))`,
      );
      expect(cells).toEqual([
        ["self", "direct", "relay"],
        ["direct", "self", "direct"],
        ["relay", "direct", "self"],
      ]);
    });

    it("are chosen by a click and by the keyboard", async () => {
      const chosen = async () => (await texts(".link.chosen")).length;
      await tab.click('.node[data-host="0"] circle');
      expect(await chosen()).toBe(2);
      expect(await texts("#hosts tr.chosen th")).toEqual(["db-1"]);
      await tab.focus('.node[data-host="0"]');
      await tab.keyboard.press("Enter");
      expect(await chosen()).toBe(0);
    });

    it("fit a phone, are dark where one wants it dark, and print", async () => {
      await tab.setViewportSize({ width: 360, height: 740 });
      expect(await evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      const background = () => evaluate<string>("getComputedStyle(document.body).backgroundColor");
      await tab.emulateMedia({ colorScheme: "light" });
      const light = await background();
      await tab.emulateMedia({ colorScheme: "dark" });
      expect(await background()).not.toBe(light);
      expect((await tab.pdf({ format: "A4" })).length).toBeGreaterThan(5_000);
    });
  });

  it("are as they were: no file of the system or of the client's settings has changed since", async () => {
    for (const host of Object.values(HOSTS)) {
      const script =
        "find /etc /usr /opt /home /root /var/lib -xdev -type f -newer /run/before-looking ! -path '/var/lib/systemd/*' ! -name 'tailscaled.log*' ! -name 'derpmap.cached.json'";
      expect([host, await onHost(lab, host, "sh", "-c", script)]).toEqual([host, ""]);
    }
  });
});

describe("a host that somebody changed", () => {
  const routes = (value: string) => onHost(lab, "host-2", "tailscale", "set", `--advertise-routes=${value}`);
  const differs =
    /^fault web-2\n[^]* {2}the flag advertise-routes is empty, expected 10\.99\.0\.0\/24\n {2}-> Run `pulumi up --refresh`/m;

  it("differs, also after a refresh has written down what it found", async () => {
    await routes("");
    const before = await ofStack("status");
    expect([before.code, firstLine(before)]).toEqual([1, "1 of 3 hosts is not as declared: web-2"]);
    expect(before.stdout).toMatch(differs);
    expect((await stack.refresh()).code).toBe(0);
    expect((await ofStack("status")).stdout).toMatch(differs);
    await routes("10.99.0.0/24");
    // The control server hears of it a moment later.
    await eventually(async () => expect((await ofStack("status")).code).toBe(0), {
      ...{ timeout: 20_000, interval: 1_000 },
    });
  });
});

describe("broken hosts", () => {
  beforeAll(async () => {
    await onHost(lab, "host-2", "systemctl", "stop", "tailscaled");
    await onHost(lab, "host-3", "sh", "-c", "rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh");
  });

  it("are told apart: status is 1, and says a remedy for each", async () => {
    const told = await ofStack("status");
    expect(told.code).toBe(1);
    expect(firstLine(told)).toBe("2 of 3 hosts are not as declared: db-1, web-2");
    expect(told.stdout).toMatch(/^web-1 +joined /m);
    expect(told.stdout).toMatch(/^web-2 +down +- /m);
    expect(told.stdout).toMatch(/^db-1 +out of reach +- /m);
    expect(told.stdout).toContain(
      "fault web-2\n  tailscaled is not running, so nothing is known of the node\n  -> ",
    );
    expect(told.stdout).toMatch(/^fault db-1\n {2}the key pinned on first contact is ssh-ed25519/m);
  });

  it("are told apart: doctor is 1, and shows where each one fails", async () => {
    const examined = await ofStack("doctor");
    expect(examined.code).toBe(1);
    expect(firstLine(examined)).toBe("2 of 3 hosts are not ready: db-1, web-2");
    expect(examined.stdout).toMatch(/^web-2 .* Debian 12 +FAIL +ok +- +ok +ok$/m);
    expect(examined.stdout).toMatch(/^db-1 +\S+ +ok +FAIL +- /m);
    expect(examined.stdout).toContain(
      "client: tailscaled is not running\n  -> Run `pulumi up`, which starts it",
    );
  });

  it("are in the report, whose exit code is 1", async () => {
    const made = await ofStack("report", "--output", page);
    expect(made.code).toBe(1);
    const text = readFileSync(page, "utf8");
    expect(/<h1 class="bad">(.*)<\/h1>/.exec(text)?.[1]).toBe(
      "2 of 3 hosts are not as declared: db-1, web-2",
    );
    expect(text.match(/<td class="none" title="[^"]*"/g)).toEqual([
      expect.stringMatching(/^<td class="none" title="web-1 to web-2: no answer/),
    ]);
  });

  it("are right again after what the remedy says", async () => {
    const { output } = await stack.up("--refresh", "--target", "**mesh-web-2");
    expect(output).toContain("starting tailscaled");
    expect(firstLine(await ofStack("status"))).toBe("1 of 3 hosts is not as declared: db-1");
  });
});

describe("init", () => {
  it("writes a program that previews, from the package as it is published", async () => {
    using installed = await Installation.create();
    const cwd = join(installed.folder, "made");
    mkdirSync(cwd);
    const flags = [
      ...["--provider", "headscale", "--login-server", lab.loginServer, "--tailnet-domain", lab.baseDomain],
      ...["--tag", "tag:app", "--host", `web-1=admin@${lab.host("host-1").address}`, "--stack", "made"],
    ];
    const main = join(installed.folder, "node_modules/.bin/pulumi-mesh");
    const env = { ...process.env, ...lab.env };
    const made = await spawnAndRead(main, ["init", ...flags], { cwd, env });
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining("wrote stagecraft.yml") });
    const pulumi = (...args: string[]) =>
      spawnAndRead("pulumi", ["--non-interactive", ...args], { cwd, env });
    expect(await pulumi("stack", "select", "--create", "made")).toMatchObject({ code: 0 });
    const preview = await pulumi("preview", "--stack", "made", "--diff=false");
    expect(preview.output).toContain(`web-1: "web-1.${lab.baseDomain}"`);
    expect(preview.code).toBe(0);
    await pulumi("stack", "rm", "--yes", "made");
  });
});
