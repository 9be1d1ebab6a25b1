/** A tarball in the place of a package: the real script, below a folder of its own. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { installScript } from "../../../providers/tailnet/install/scripts";

const NAME = "tailscale_9.9.9_amd64";
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "instead-"));
  write("var/lib/dpkg/info/tailscale.list", "");
  write("var/lib/dpkg/status", "Package: tailscale\nStatus: install ok installed\n\n");
  for (const file of ["usr/bin/tailscale", "usr/sbin/tailscaled"]) program(file, "echo package");
  program("bin/apt-get", `rm -f ${root}/usr/bin/tailscale ${root}/usr/sbin/tailscaled`);
  for (const file of ["tailscale", "tailscaled", "systemd/tailscaled.service"])
    program(`${NAME}/${file}`, "echo tarball");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}
const program = (path: string, body: string) => write(path, `#!/bin/sh\n${body}\n`, 0o755);

/** Puts the tarball on the host; its daemon starts or does not, and a former one does. */
function install(starts: boolean): string {
  spawnSync("tar", ["-czf", join(root, "t.tgz"), "-C", root, NAME]);
  const input = readFileSync(join(root, "t.tgz"));
  const sum = createHash("sha256").update(input).digest("hex");
  const fakes = `lock() { :; }; probe() { :; }; full_disks() { :; }; bring_up() { [ "$1" != start ] || ${starts}; }`;
  const script = installScript("push")
    .replaceAll(/(?<=[\s"'=(])\/(?=(etc|var|usr|opt|run)\/)/g, `${root}/`)
    .replace(/^lock$/m, fakes);
  const args = [`${NAME}.tgz`, "9.9.9", sum];
  const env = { PATH: `${join(root, "bin")}:/usr/bin:/bin` };
  return spawnSync("sh", ["-c", script, "sh", ...args], { encoding: "utf8", env, input }).stdout;
}
const runs = (path: string) => spawnSync(join(root, path), { encoding: "utf8" }).stdout;

it("brings the package's programs back when the tarball's daemon does not start", () => {
  expect(install(false)).toMatch(/going back to the former version[\s\S]*#sh:code\n1/);
  expect(existsSync(join(root, "usr/sbin/tailscaled"))).toBe(false);
  expect(runs("usr/local/sbin/tailscaled")).toBe("package\n");
  expect(runs("usr/local/bin/tailscale")).toBe("package\n");
  expect(install(true)).toContain("#sh:code\n0");
  expect(runs("usr/local/sbin/tailscaled")).toBe("tarball\n");
  expect(existsSync(join(root, "opt/tailscale/0-package"))).toBe(false);
});

it("leaves the package alone when its programs cannot be kept", () => {
  program("bin/cp", "exit 1");
  expect(install(true)).toContain("#sh:code\n1");
  expect(runs("usr/sbin/tailscaled")).toBe("package\n");
  expect(existsSync(join(root, "usr/local/sbin/tailscaled"))).toBe(false);
});
