/**
 * Property of the guard, with the real scripts: in whatever order a connection breaks, the change happens, is confirmed or
 * restored, and the host restarts, no change stays that was not confirmed over a connection opened after it.
 */
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "@jest/globals";
import { isMeshError } from "../../../errors";
import { createContext } from "../../../providers";
import { runGuarded } from "../../../providers/tailnet/guard/guard";
import { newMark } from "../../../providers/tailnet/probe/sections";
import { World } from "./guard-world";

/** Orders that are tried: `MESH_GUARD_ORDERS=1000 npx jest guard-orders` is the long run. */
const ORDERS = Number(process.env["MESH_GUARD_ORDERS"] ?? "16");
/** At the same time. */
const BATCH = 8;

const moment = fc.integer({ min: 0, max: 500 });
const order = fc.record({
  /** When the step gets its turn. */
  turnAt: moment,
  /** Whether the change cuts the host off. */
  cuts: fc.boolean(),
  failures: fc.array(
    fc.record({
      at: moment,
      lasts: fc.integer({ min: 5, max: 300 }),
      how: fc.constantFrom("silent" as const, "loud" as const),
    }),
    { maxLength: 3 },
  ),
  restartAt: fc.option(moment, { freq: 3 }),
  /** Whether something can be done at boot. */
  systemd: fc.boolean(),
});
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

/** Orders that went wrong once, or are worth a try in every run. */
const BREAKS = { at: 40, lasts: 30 };
const KNOWN: readonly Order[] = [
  { turnAt: 400, cuts: true, failures: [{ ...BREAKS, how: "loud" }], restartAt: null, systemd: true },
  { turnAt: 500, cuts: true, failures: [{ ...BREAKS, how: "silent" }], restartAt: null, systemd: true },
  { turnAt: 400, cuts: false, failures: [{ ...BREAKS, how: "loud" }], restartAt: null, systemd: true },
  { turnAt: 100, cuts: false, failures: [], restartAt: null, systemd: true },
  { turnAt: 100, cuts: true, failures: [], restartAt: null, systemd: true },
  { turnAt: 400, cuts: true, failures: [{ ...BREAKS, how: "loud" }], restartAt: 200, systemd: true },
  { turnAt: 100, cuts: true, failures: [], restartAt: 250, systemd: true },
];

const TIMES = { restoreS: 20, silenceMs: 300, reconnectMs: 2_500 };
const GUARD = { change: "tailscale set --setting=new", restore: ["--setting=old"] };

async function play({ turnAt, cuts, failures, restartAt, systemd }: Order): Promise<void> {
  await using world = new World(cuts, systemd);
  const { step, home } = world;
  const ctx = createContext(world.connect(), { env: {} });
  const run = runGuarded(
    ctx,
    "web-1",
    { script: step, args: [home], mark: newMark() },
    { label: "change", timeoutMs: 500_000 },
    GUARD,
    TIMES,
  ).catch((error: unknown) => error);
  const events = [
    delay(turnAt).then(() => world.giveTurn()),
    ...failures.map(({ at, lasts, how }) => delay(at).then(() => world.fail(lasts, how))),
    ...(restartAt === null ? [] : [delay(restartAt).then(() => world.restart())]),
  ];
  await Promise.all(events);
  const outcome = await run;
  await world.settled();

  const isConfirmed = world.confirmations.some(({ kept, openedOn }) => kept && openedOn === "new");
  expect(world.confirmations.filter(({ kept, openedOn }) => kept && openedOn === "old")).toEqual([]);
  if (world.setting === "new" && !world.forgotten) expect(isConfirmed).toBe(true);
  if (!isMeshError(outcome)) {
    expect(outcome).toMatchObject({ stdout: expect.stringContaining("changed") });
    expect({ setting: world.setting, isConfirmed }).toEqual({ setting: "new", isConfirmed: true });
  } else if (outcome.kind === "would-lock-out" && !world.forgotten) {
    expect(world.setting).toBe("old");
  }
  tally(isMeshError(outcome) ? `${outcome.kind}, ${world.setting}` : "kept");
}

const tallied = new Map<string, number>();
const tally = (what: string) => tallied.set(what, (tallied.get(what) ?? 0) + 1);

it(
  "never leaves a change that is neither confirmed over a later connection nor undone",
  async () => {
    const batch = fc.array(order, { minLength: BATCH, maxLength: BATCH });
    const property = fc.asyncProperty(batch, async (orders) => {
      const played = await Promise.allSettled(orders.map(play)); // none may go on when its folder is gone
      for (const each of played) if (each.status === "rejected") throw each.reason;
    });
    await fc.assert(property, {
      numRuns: 1 + Math.ceil(ORDERS / BATCH),
      examples: [[[...KNOWN]]],
      endOnFailure: true,
    });
    console.info(`guard: ${[...tallied].map(([what, times]) => `${what}: ${times}`).join("; ")}`);
  },
  (ORDERS + KNOWN.length) * 10_000,
);
