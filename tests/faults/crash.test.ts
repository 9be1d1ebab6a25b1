/** Killed runs: whatever the moment, the next `pulumi up` converges. */
import { truncateSync } from "node:fs";
import { expect } from "@jest/globals";
import { mustLab } from "../integration/support/lab";
import { upAndKill, type Crash, type Victim } from "./support/crash";
import { fault, RANDOM_TRIES } from "./support/record";
import { cancel, clearPendingCreates, recover, stateFile } from "./support/recover";
import { errorOf, freshStack, mustConverge, untagged } from "./support/world";

const HOSTS = ["host-1", "host-2"] as const;
/** A fresh join of two hosts takes about so long; the moment of the crash is anywhere in it. */
const LIFE_MS = { cli: 12_000, "dynamic provider": 10_000 } satisfies Record<Victim, number>;

const group = "Killed runs";

fault(
  {
    group,
    name: "kill -9 of the CLI and all its processes during a fresh join of two hosts",
    outcome: "`pulumi cancel` removes the lock that the CLI left, the next `pulumi up` converges",
    tries: RANDOM_TRIES,
    small: [0],
  },
  (index) => crashOnce("cli", index),
);

fault(
  {
    group,
    name: "kill -9 of the dynamic provider alone during a fresh join of two hosts",
    outcome: "the run fails, the next `pulumi up` converges",
    tries: RANDOM_TRIES,
    small: [0],
  },
  (index) => crashOnce("dynamic provider", index),
);

fault(
  {
    group,
    name: "kill -9 of the CLI while it writes the state (the state file is emptied by the test: the moment is too short to hit)",
    outcome:
      "after `pulumi cancel` still `failed to load checkpoint`; with the `.bak` file in the state's place `pulumi up` converges, and `pulumi refresh --clear-pending-creates` ends the warning of pending operations",
  },
  async () => {
    const lab = await mustLab();
    await using stack = await freshStack(lab, HOSTS);
    expect((await upAndKill(stack, "cli", LIFE_MS.cli / 2)).hit).toBe(true);
    truncateSync(stateFile(lab, stack));
    expect(errorOf(await stack.up())).toMatch(/currently locked.*pulumi cancel/);
    await cancel(stack);
    expect(errorOf(await stack.up())).toContain("failed to load checkpoint");
    expect(await recover(lab, stack)).toBe("cut");
    await mustConverge(lab, stack, HOSTS);
    expect((await stack.mustUp()).output).toMatch(/warning: .*pending operations/);
    expect((await clearPendingCreates(stack)).code).toBe(0);
    const { output, trace } = await stack.mustUp();
    expect(output).not.toContain("pending operations");
    expect(trace).toEqual([]);
  },
);

/**
 * Kills one run at a random moment of its life; a run that was over by then is no try, and another one starts. So is one whose
 * provider had answered all it was asked: the CLI ends well then, and the next run has nothing to do.
 */
async function crashOnce(victim: Victim, index: number, life: number = LIFE_MS[victim]): Promise<string> {
  const lab = await mustLab();
  await using stack = await freshStack(lab, HOSTS, index % 2 === 0 ? "key" : "api");
  const crash = await upAndKill(stack, victim, Math.random() * life);
  const wasOver = victim === "dynamic provider" && crash.run.code === 0;
  if (crash.hit && wasOver) expect((await stack.mustUp()).trace).toEqual([]);
  if (!crash.hit || wasOver) return crashOnce(victim, index, life * 0.8);
  expect(crash.run.code).not.toBe(0);
  const state = victim === "cli" ? await recover(lab, stack) : "whole";
  const left = await untagged(lab);
  await mustConverge(lab, stack, HOSTS);
  return `${moment(crash)}${state === "cut" ? ", while the state was written" : ""}${left}`;
}

/** The furthest step of each host that was behind it, in words. */
function moment({ done }: Crash): string {
  if (done.length === 0) return "before the first answer of a host";
  return `after ${[...new Set(done)].join(", ")}`;
}
