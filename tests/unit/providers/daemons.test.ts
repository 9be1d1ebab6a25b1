/** Which processes count as the host's tailscaled: by name, in a real /proc, without those of containers on the host. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { FUNCTIONS } from "./shell-functions";
import { eventually } from "../../support/eventually";
import { temporaryFolder } from "../../support/temporary-folder";

const canUnshare = spawnSync("unshare", ["--pid", "--mount", "--fork", "true"]).status === 0;

/** Starts a process of that name, by way of the program that is given; resolves with its id once it has the name. */
async function start(file: string, ...through: readonly string[]): Promise<{ id: string; end: () => void }> {
  const [program, ...args] = [...through, file, "60"];
  const child = spawn(program, args, { stdio: "ignore" });
  let id = "";
  await eventually(
    () => {
      const all = spawnSync("sh", ["-c", `grep -lsx tailscaled /proc/[0-9]*/comm`], {
        encoding: "utf8",
      }).stdout;
      const isOurs = (each: string) => readFileSync(`/proc/${each}/cmdline`, "utf8").startsWith(file);
      id = [...all.matchAll(/\d+/g)].map(([each]) => each).find(isOurs) ?? "";
      expect(id).not.toBe("");
    },
    { timeout: 5_000 },
  );
  return {
    id,
    end: () => {
      for (const pid of [Number(id), child.pid!]) spawnSync("kill", ["-9", String(pid)]);
    },
  };
}

/** The processes that a script takes for the host's. */
const daemons = (kinds: string) =>
  spawnSync("sh", ["-c", `${FUNCTIONS}\ndaemons '${kinds}'`], { encoding: "utf8" }).stdout.split("\n");

function sleeper(): string {
  const file = join(temporaryFolder("daemons"), "tailscaled");
  copyFileSync("/bin/sleep", file);
  return file;
}

it("a process of that name in the host's own namespaces", async () => {
  const { id, end } = await start(sleeper());
  expect(daemons("pid mnt")).toContain(id);
  expect(daemons("pid")).toContain(id);
  end();
});

(canUnshare ? it : it.skip).each([
  ["in a container", ["--pid", "--mount", "--fork"], false],
  ["in a container that shares the host's processes", ["--mount"], true],
])("not one %s: such is never ended", async (_, namespaces, answers) => {
  const { id, end } = await start(sleeper(), "unshare", ...namespaces);
  expect(daemons("pid mnt")).not.toContain(id);
  // A service may have mounts of its own: whether there is one to ask is another question.
  expect(daemons("pid").includes(id)).toBe(answers);
  end();
});
