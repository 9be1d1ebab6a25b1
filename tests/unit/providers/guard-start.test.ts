/** How a guarded step begins on its own: on hosts whose systemd makes no scope, that lack setsid, or that start nothing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { createContext } from "../../../providers";
import { runGuarded } from "../../../providers/tailnet/guard/guard";
import { newMark } from "../../../providers/tailnet/probe/sections";
import { World } from "./guard-world";

const TIMES = { restoreS: 200, silenceMs: 5_000, reconnectMs: 5_000 };
const GUARD = { change: "tailscale set --setting=new", restore: ["--setting=old"] };

const change = (world: World, script = world.step) =>
  runGuarded(
    createContext(world.connect(), { env: {} }),
    "web-1",
    { script, args: [world.home], mark: newMark() },
    { label: "change", timeoutMs: 500_000 },
    GUARD,
    TIMES,
  );

it.each([
  ["fails", "exit 1"],
  ["works", 'echo "$*" >>"$home/scopes"; while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"'],
])("in a scope of systemd's where that can be had: systemd-run that %s", async (_, text) => {
  await using world = new World(false);
  world.program("systemd-run", text);
  world.giveTurn();
  await expect(change(world)).resolves.toMatchObject({ stdout: expect.stringContaining("changed") });
  expect(world.setting).toBe("new");
  expect(existsSync(join(world.home, "scopes"))).toBe(text !== "exit 1");
});

it("not at all on a host without setsid, which is said: what undoes the step could be ended with it", async () => {
  await using world = new World(false);
  world.without("setsid", "busybox");
  world.giveTurn();
  await expect(change(world)).rejects.toMatchObject({
    kind: "not-permitted",
    message: expect.stringMatching(/was not begun: .* the host has no `setsid`/),
    remedy: expect.stringContaining("util-linux"),
  });
  expect(world.setting).toBe("old");
});

it("with BusyBox's setsid where there is no other", async () => {
  await using world = new World(false);
  world.without("setsid", "busybox");
  world.program("busybox", 'shift; [ "$1" = true ] || echo "$2" >"$home/led"; exec /usr/bin/setsid "$@"');
  world.giveTurn();
  await change(world);
  expect(world.setting).toBe("new");
  expect(readFileSync(join(world.home, "led"), "utf8")).toBe("-c\n");
});

it("or never: a host that starts nothing is not waited for, and does not start it later", async () => {
  await using world = new World(false);
  world.program("setsid", '(while [ ! -e "$home/late" ]; do sleep 1; done; exec /usr/bin/setsid "$@") &');
  world.giveTurn();
  await expect(change(world)).rejects.toMatchObject({
    kind: "not-permitted",
    message: expect.stringMatching(/was not begun: the host did not start what would undo it/),
  });
  world.program("late", "");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(world.setting).toBe("old");
});

it("with the umask of a command, not that of the guard's own files", async () => {
  await using world = new World(false);
  const result = await change(world, "umask");
  expect(result.stdout).toMatch(/^0?022$/m);
});
