/** Connections that break at every boundary of every exec of a fresh join. */
import { expect } from "@jest/globals";
import { connectionTo, mustLab } from "../integration/support/lab";
import { CuttingProxy, type Moment } from "./support/proxy";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge, untagged } from "./support/world";

const MOMENTS: readonly Moment[] = ["request", "work", "answer"];
/** Tags come through the API here: that is the join with the most steps. */
const WORK_MS = { probe: 30, install: 1_500, login: 700, "await-node": 60 };
const CUTS = Object.entries(WORK_MS).flatMap(([step, workMs], index) =>
  MOMENTS.map((moment) => ({ step, exec: index + 1, moment, workMs })),
);

fault(
  {
    group: "Connections",
    name: "SSH cut at the request, during the work and at the answer of each exec of a fresh join",
    outcome: "`host unreachable: connection lost during <step>`; the next `pulumi up` converges",
    tries: CUTS.length,
    small: [4, 7, 11],
  },
  (index) => cutOnce(CUTS[index]!),
);

/** A cut that came when the exec was over is no try, and another one starts, with an earlier cut. */
async function cutOnce({ step, ...cut }: (typeof CUTS)[number]): Promise<string> {
  const lab = await mustLab();
  await using stack = await freshStack(lab, ["host-1"], "api");
  await using proxy = await CuttingProxy.open(lab.host("host-1").address, cut);
  const connection = { ...connectionTo(lab, "host-1"), host: "127.0.0.1", port: proxy.port };
  stack.configure({ hosts: { "web-1": { connection } } });

  const run = await stack.up();
  const lost = /connection lost during ([\w-]+)/.exec(run.output)?.[1];
  if (cut.moment === "work" && lost !== step && cut.workMs > 2) {
    await stack.mustUp(); // a login that goes on there would leave its node to the next try
    return cutOnce({ step, ...cut, workMs: cut.workMs / 2 });
  }
  expect(proxy.struck).toBe(true);
  expect(errorOf(run)).toMatch(new RegExp(`web-1: host unreachable: connection lost during ${step}`));
  const left = await untagged(lab);
  await mustConverge(lab, stack);
  return `${step}, ${cut.moment}${left}`;
}
