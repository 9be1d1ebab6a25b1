/** User-data on a machine with the real cloud-init: its first boot installs the client and joins, and nobody reaches it. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { cloudInit, type CloudInitArgs, type NetworkArgs } from "../../mesh";
import { hostOf, powerOff, powerOn } from "../faults/support/machine";
import { eventually } from "../support/eventually";
import { freshHosts, listNodes, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";

/** A name that no shell may read. */
const AUTH_KEY_FILE = `/etc/tailscale/it's "$(touch read-by-a-shell)" key`;
const SEED = "/var/lib/cloud/seed/nocloud/user-data";

let lab: Lab;
let host: string;

beforeAll(async () => {
  lab = await mustLab();
  host = await hostOf(lab, "cloud");
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
});
beforeEach(() => freshHosts(lab, host));

const render = (args: CloudInitArgs) =>
  new Promise<string>((resolve) => {
    const text = cloudInit(headscaleNetwork(lab, { auth_key_env: undefined }) as NetworkArgs, args);
    text.apply(resolve);
  });

async function put(path: string, text: string): Promise<void> {
  const script = `mkdir -p "\${1%/*}" && umask 077 && cat >"$1"`;
  const { code } = await lab.exec(host, ["sh", "-c", script, "sh", path], { stdin: text });
  expect(code).toBe(0);
}

/** The first boot of a machine with that user-data; returns how it ended, as cloud-init says. */
async function firstBoot(userData: string): Promise<string> {
  await put(SEED, userData);
  await onHost(lab, host, "cloud-init", "clean", "--logs");
  return boot();
}

async function boot(): Promise<string> {
  await powerOff(lab, host);
  await powerOn(lab, host);
  const status = () => lab.exec(host, ["cloud-init", "status"]).then(({ stdout }) => stdout.trim());
  const ended = async () => expect(await status()).toMatch(/^status: (done|error)/);
  await eventually(ended, { timeout: 240_000 });
  return status();
}

/** Which files hold a text. */
async function holding(text: string): Promise<string[]> {
  const folders = [
    "/etc",
    "/run",
    "/root",
    "/home",
    "/tmp",
    "/opt",
    "/var/lib/cloud",
    "/var/lib/pulumi-mesh",
    "/var/log",
  ];
  const { stdout } = await lab.exec(host, ["grep", "-rlFs", "-e", text, ...folders]);
  return stdout.trim().split("\n").filter(Boolean).sort();
}

const output = () => onHost(lab, host, "cat", "/var/log/cloud-init-output.log");

describe("a machine that nobody reaches", () => {
  it("joins on its first boot with the key file of its image, and stays one node", async () => {
    const key = await lab.authKey({ tags: ["web"], reusable: true });
    await put(AUTH_KEY_FILE, `${key}\n`);
    const flags = { "accept-routes": true, nickname: "fleet" };
    const userData = await render({ authKeyFile: AUTH_KEY_FILE, tags: ["tag:web"], flags });

    await put("/tmp/user-data", userData);
    expect(await onHost(lab, host, "cloud-init", "schema", "--config-file", "/tmp/user-data")).toMatch(
      /^Valid/,
    );

    expect(await firstBoot(userData)).toBe("status: done");
    expect(await output()).toContain("pulumi-mesh: joined");
    const joined = await listNodes(lab);
    expect(joined).toMatchObject([{ name: host, tags: ["tag:web"], online: true }]);
    const prefs = JSON.parse(await onHost(lab, host, "tailscale", "debug", "prefs")) as object;
    expect(prefs).toMatchObject({ RouteAll: true, ProfileName: "fleet", ControlURL: lab.loginServer });
    expect(await onHost(lab, host, "systemctl", "is-enabled", "tailscaled")).toBe("enabled");
    expect(await holding(key)).toEqual([AUTH_KEY_FILE]);
    expect(await onHost(lab, host, "find", "/", "-xdev", "-name", "read-by-a-shell")).toBe("");

    expect(await boot()).toBe("status: done");
    await eventually(async () => expect(await listNodes(lab)).toEqual(joined), { timeout: 60_000 });
  });

  it("joins with an auth key of its user-data, under the name it is given; of the key cloud-init's own copies are left", async () => {
    const authKey = await lab.authKey({ tags: ["web"] });
    expect(await firstBoot(await render({ authKey, tags: ["tag:web"], hostname: "worker" }))).toBe(
      "status: done",
    );
    expect(await listNodes(lab)).toMatchObject([{ name: "worker", tags: ["tag:web"] }]);
    const left = (await holding(authKey)).filter((path) => !path.startsWith("/var/lib/cloud/"));
    expect(left).toEqual([]);
  });

  it("says in cloud-init's log that the key does not bring a tag, and cloud-init ends with an error", async () => {
    const authKey = await lab.authKey({ tags: ["app"] });
    expect(await firstBoot(await render({ authKey, tags: ["tag:web"] }))).toBe("status: error");
    expect(await output()).toContain("pulumi-mesh: the node is in the mesh without tag:web");
  });
});
