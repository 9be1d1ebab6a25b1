/** The lock on a host: what a script does while another run holds it, and who can take it, with a real `sh` and no waiting. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { FUNCTIONS } from "./shell-functions";
import { fakeSession } from "./fake-session";
import { temporaryFolder } from "../../support/temporary-folder";
import { probeOutput } from "./probe-output";
import { LOCK_WAIT_S } from "../../../providers/tailnet/scripts/constants";

/** Runs `lock` with a `flock` that finds the lock held so many times, and counts the waiting. */
function take(heldFor: number): { readonly output: string; readonly waits: number } {
  const home = temporaryFolder("lock");
  const flock = `#!/bin/sh
[ "$*" = "-n 9" ] || exit 64 # busybox knows no other form
echo >>"${home}/tries"
[ "$(wc -l <"${home}/tries")" -gt ${heldFor} ]
`;
  writeFileSync(join(home, "flock"), flock, { mode: 0o755 });
  const functions = FUNCTIONS.replaceAll("/run", home);
  const script = `${functions}\nwaits=0; sleep() { waits=$((waits + 1)); }; trap 'echo "waits=$waits"' EXIT\nlock\necho working`;
  const env = { PATH: `${home}:${process.env["PATH"]}` };
  const output = spawnSync("sh", ["-c", script, "m"], { env, encoding: "utf8" }).stdout;
  return { output, waits: Number(/waits=(\d+)/.exec(output)?.[1]) };
}

it("a free lock is taken without a word", () => {
  expect(take(0)).toEqual({ output: "working\nwaits=0\n", waits: 0 });
});

it("a held one is waited for, with one message", () => {
  const { output, waits } = take(3);
  expect(output).toMatch(/^#m>waiting for another run on this host\nworking\n/);
  expect(waits).toBe(3);
});

it("one that is held for too long ends the script before it does anything", () => {
  const { output, waits } = take(LOCK_WAIT_S + 10);
  expect(output).not.toContain("working");
  expect(output).toContain("#m:locked");
  expect(waits).toBe(LOCK_WAIT_S);
});

it("and is an error that says so", async () => {
  const session = fakeSession(probeOutput({ prefs: { Hostname: "old" } }), "\n#:locked\n\n#:end\n");
  const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
  const joining = get("headscale").ensureJoined(createContext(session, { env: {} }), {
    config,
    host: "web-1",
    tags: [],
  });
  await expect(joining).rejects.toThrow(/web-1: timed out: another run has been changing this host for 10/);
});

describe("the lock's folder", () => {
  const isRoot = process.getuid?.() === 0;

  /** Takes the lock on a host whose folder for what runs is `run` (other than those of this machine). */
  function takeIn(run: string): string {
    const functions = FUNCTIONS.replaceAll("in /run /var/run /var/lib;", `in ${run};`);
    const env = { PATH: process.env["PATH"] };
    return spawnSync("sh", ["-c", `${functions}\nlock\necho working`, "m"], { env, encoding: "utf8" }).stdout;
  }
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it("is made for root alone: whoever can open the file can take the lock, without a right to write", () => {
    const run = temporaryFolder("lock");
    chmodSync(run, 0o755);
    expect(takeIn(run)).toBe("working\n");
    expect(mode(join(run, "pulumi-mesh"))).toBe("700");
    if (!isRoot) return;
    const file = join(run, "pulumi-mesh", "lock");
    const other = spawnSync("setpriv", ["--reuid=65534", "--clear-groups", "flock", "-n", file, "true"]);
    expect(other.status).not.toBe(0);
    expect(other.stderr.toString()).toMatch(/Permission denied/);
  });

  it("of ours that others can enter is closed to them", () => {
    const run = temporaryFolder("lock");
    mkdirSync(join(run, "pulumi-mesh"), { mode: 0o755 });
    expect(takeIn(run)).toBe("working\n");
    expect(mode(join(run, "pulumi-mesh"))).toBe("700");
  });

  it("is not used when it leads elsewhere, or is no folder", () => {
    for (const make of [
      (path: string) => symlinkSync("/tmp", path),
      (path: string) => symlinkSync("/nowhere", path),
      (path: string) => writeFileSync(path, ""),
    ]) {
      const run = temporaryFolder("lock");
      make(join(run, "pulumi-mesh"));
      expect(takeIn(run)).toBe(`\n#m:unsafe\n${run}/pulumi-mesh\n\n#m:end\n`);
    }
  });

  (isRoot ? it : it.skip)("is not used when it is another user's", () => {
    const run = temporaryFolder("lock");
    mkdirSync(join(run, "pulumi-mesh"), { mode: 0o700 });
    chownSync(join(run, "pulumi-mesh"), 65534, 65534);
    expect(takeIn(run)).toContain("#m:unsafe");
    expect(existsSync(join(run, "pulumi-mesh", "lock"))).toBe(false);
  });

  it("is looked for elsewhere on a host without /run, and a host with no place for it goes without a lock", () => {
    const run = temporaryFolder("lock");
    expect(takeIn(`/nowhere ${run}`)).toBe("working\n");
    expect(existsSync(join(run, "pulumi-mesh", "lock"))).toBe(true);
    expect(takeIn("/nowhere")).toBe("working\n");
  });

  it("that is not ours is an error that says so", async () => {
    const seen = "\n#:unsafe\n/run/pulumi-mesh\n\n#:end\n";
    const session = fakeSession(probeOutput({ prefs: { Hostname: "old" } }), seen);
    const config = { login_server: "https://headscale.demo.lab", tailnet_domain: "demo.mesh" };
    const joining = get("headscale").ensureJoined(createContext(session, { env: {} }), {
      config,
      host: "web-1",
      tags: [],
    });
    await expect(joining).rejects.toMatchObject({
      kind: "not-permitted",
      message: expect.stringContaining("/run/pulumi-mesh is not a folder of root's alone"),
    });
  });
});
