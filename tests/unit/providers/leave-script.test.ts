/** What leaving removes of our own files, as a real shell does it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { hostScript } from "../../../providers/tailnet/scripts";

it.each<[string, string | undefined, boolean]>([
  ["a client that logs out", "exit 0", false],
  ["a client that cannot, which has its login still", "exit 1", true],
  ["no client any more: nothing on the host has a login", undefined, false],
])("with %s", (_what, client, stays) => {
  const root = mkdtempSync(join(tmpdir(), "leave-"));
  try {
    for (const folder of ["bin", "lib/pulumi-mesh", "sysctl.d"])
      mkdirSync(join(root, folder), { recursive: true });
    const files = [join(root, "lib/pulumi-mesh/declaration"), join(root, "sysctl.d/zz-pulumi-mesh.conf")];
    for (const file of files) writeFileSync(file, "");
    if (client !== undefined)
      writeFileSync(join(root, "bin/tailscale"), `#!/bin/sh\n${client}\n`, { mode: 0o755 });
    const script = hostScript("leave")
      .replaceAll("/var/lib/pulumi-mesh", `${root}/lib/pulumi-mesh`)
      .replaceAll("/etc/sysctl.d", `${root}/sysctl.d`)
      .replaceAll(/^(lock|probe)$/gm, "");
    spawnSync("sh", ["-c", script, "m"], { env: { PATH: `${root}/bin:/usr/bin:/bin` } });
    expect(files.map((file) => existsSync(file))).toEqual([stays, stays]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
