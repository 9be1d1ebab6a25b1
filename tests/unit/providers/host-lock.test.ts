/** The lock on a host: what a script does while another run holds it, with a real `sh` and no waiting. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { createContext, get } from "../../../providers";
import { FUNCTIONS, LOCK_WAIT_S } from "../../../providers/tailnet/scripts/shell";
import { fakeSession } from "./fake-session";
import { temporaryFolder } from "../../support/temporary-folder";
import { probeOutput } from "./probe-output";

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
