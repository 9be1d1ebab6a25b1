/** Canaries: every secret of a run, searched in the state, the output, the logs, all process lists and the host's disk. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, mustLab, onHost } from "./support/lab";
import { headscaleNetwork } from "./support/network";
import { Stack } from "./support/stack";

/** As hosts that are audited have it; not compressed, so that it can be searched. */
const LOG_ALL = "Defaults log_input, log_output, !compress_io";

let lab: Lab;
beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1");
  await onHost(lab, "host-1", "sh", "-c", `umask 337; echo '${LOG_ALL}' >/etc/sudoers.d/log`);
});

it("no secret is anywhere but where it belongs, nor in a log of all that goes through sudo", async () => {
  const password = (await lab.opsPassword()).trim();
  const secrets = { key: await lab.authKey({ tags: ["app"] }), api: await lab.apiKey(), password };
  await using stack = await Stack.create(lab, { env: { MESH_AUTHKEY: secrets.key, MESH_API: secrets.api } });
  const { host } = connectionTo(lab, "host-1");
  stack.configure({
    network: headscaleNetwork(lab, { default_tags: ["tag:app"], api_key_env: "MESH_API" }),
    hosts: { "web-1": { connection: { host, user: "ops" } } },
  });
  await stack.configureSecret("hosts.web-1.connection.password", password);

  const watch = watchProcesses(Object.values(secrets));
  const failed = await failOnce(stack, secrets.key);
  const run = await stack.mustUp();
  const seen = await watch.stop();
  expect(seen.samples).toBeGreaterThan(20);
  expect(seen.found).toEqual([]);

  const backend = readTree(fileURLToPath(lab.env["PULUMI_BACKEND_URL"]!), stack.name);
  expect(backend.includes("web-1")).toBe(true);
  const logs = await lab.exec("host-1", ["journalctl", "--no-pager"]);
  expect(logs.stdout.includes("tailscaled")).toBe(true);
  const places = {
    output: run.output,
    "output of a failed run": failed,
    state: backend,
    "host's journal": logs.stdout,
  };
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [place, text] of Object.entries(places)) {
      expect({ name, place, found: text.includes(secret) }).toEqual({ name, place, found: false });
    }
    expect({ name, files: await onDisk(secret) }).toEqual({ name, files: [] });
  }
  expect(await onDisk("web-1")).not.toEqual([]); // The search finds what is there.
  expect(await onHost(lab, "host-1", "sh", "-c", "find /var/log/sudo-io -name stdout -size +1k")).not.toBe(
    "",
  );
  await stack.destroy();

  /** A run with a key that the control server quotes in its refusal. */
  async function failOnce(target: Stack, key: string): Promise<string> {
    target.env["MESH_AUTHKEY"] = `${key}x`;
    const { code, output } = await target.up();
    expect(code).not.toBe(0);
    target.env["MESH_AUTHKEY"] = key;
    return output;
  }

  async function onDisk(text: string): Promise<string[]> {
    const search = "grep -rlF -f - / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null";
    const { stdout } = await lab.exec("host-1", ["sh", "-c", search], { stdin: `${text}\n` });
    return stdout.split("\n").filter(Boolean);
  }
});

/** Samples the command line of every process of this machine; those of the booted hosts are among them. */
function watchProcesses(secrets: readonly string[]) {
  const found = new Set<string>();
  let samples = 0;
  let on = true;
  const done = (async () => {
    while (on) {
      samples++;
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const commandLine = readIfThere(`/proc/${pid}/cmdline`);
        for (const secret of secrets) if (commandLine.includes(secret)) found.add(commandLine.slice(0, 60));
      }
      await sleep(10);
    }
  })();
  return {
    stop: async () => {
      on = false;
      await done;
      return { samples, found: [...found] };
    },
  };
}

function readTree(folder: string, stack: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.includes(stack),
  );
  return files.map((path) => readIfThere(join(folder, path))).join("\n");
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Ended meanwhile, or a folder.
  }
}
