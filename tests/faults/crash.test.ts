/** Killed runs: whatever the moment, the next `pulumi up` converges. */
import { expect } from "vitest";
import { mustLab } from "../integration/support/lab";
import { cancel, upAndKill, type Crash } from "./support/crash";
import { fault, RANDOM_TRIES } from "./support/record";
import { freshStack, mustConverge } from "./support/world";

const HOSTS = ["host-1", "host-2"] as const;
/** A fresh join of two hosts takes about so long; the moment of the crash is anywhere in it. */
const LIFE_OF_CLI_MS = 13_000;
const LIFE_OF_PROVIDER_MS = 10_000;

const group = "Killed runs";

fault(
  {
    group,
    name: "kill -9 of the CLI and all its processes during a fresh join of two hosts",
    outcome: "`pulumi cancel` removes the lock that the CLI left, the next `pulumi up` converges",
    tries: RANDOM_TRIES,
  },
  async (index) => {
    const lab = await mustLab();
    await using stack = await freshStack(lab, HOSTS, index % 2 === 0 ? "key" : "api");
    const crash = await upAndKill(stack, "cli", Math.random() * LIFE_OF_CLI_MS);
    if (crash.hit) await cancel(stack);
    await mustConverge(lab, stack, HOSTS);
    return moment(crash);
  },
);

fault(
  {
    group,
    name: "kill -9 of the dynamic provider alone during a fresh join of two hosts",
    outcome: "the run fails, the next `pulumi up` converges",
    tries: RANDOM_TRIES,
  },
  async (index) => {
    const lab = await mustLab();
    await using stack = await freshStack(lab, HOSTS, index % 2 === 0 ? "key" : "api");
    const crash = await upAndKill(stack, "dynamic provider", Math.random() * LIFE_OF_PROVIDER_MS);
    if (crash.hit) expect(crash.run.code).not.toBe(0);
    await mustConverge(lab, stack, HOSTS);
    return moment(crash);
  },
);

/** Which steps were behind it, in words. */
function moment({ hit, done }: Crash): string {
  if (!hit) return "after the run";
  if (done.length === 0) return "before the first answer of a host";
  return `after ${done.join(", ")}`;
}
