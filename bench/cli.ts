/** `npm run bench`: all parts, or those that are named; writes docs/benchmarks.json, docs/benchmarks.md and its picture unless only to look (`--look`). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api } from "./api";
import { cold } from "./cold";
import { converged } from "./converged";
import { joinFleet, openLab, type Fleet } from "./fleet";
import { firstPacket } from "./first-packet";
import { importTime } from "./import-time";
import { recorder, type Sample } from "./measure";
import { operations } from "./operations";
import { parallel } from "./parallel";
import { publish } from "./publish";
import { findPyinfra } from "./pyinfra";

/** Booted hosts; all ways of a fleet lead to them. */
const BOOTED = Number(process.env["MESH_BENCH_BOOTED"] ?? 8);
const LAB = process.env["MESH_BENCH_LAB"] ?? "bench";

/** A thousand hosts take Pulumi ten minutes: in a part that is named only. */
const MOST_IN_ALL = 200;

const numbers = (name: string, otherwise: string) => (process.env[name] ?? otherwise).split(",").map(Number);

async function main(): Promise<void> {
  const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  const wants = (part: string) => named.length === 0 || named.includes(part);
  const hosts = numbers("MESH_BENCH_HOSTS", "50,200,1000");
  const roundTrips = numbers("MESH_BENCH_ROUND_TRIPS", "0,20,100");
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-bench-"));
  const samples: Sample[] = [];
  const record = recorder(samples);
  await using lab = await openLab(LAB, BOOTED);
  try {
    let fleet: Promise<Fleet> | undefined;
    const joined = () => (fleet ??= joinFleet(lab));
    const pyinfra = await findPyinfra();
    if (wants("converged"))
      await converged(await joined(), record, {
        ...{ hosts: [BOOTED, ...hosts], roundTrips, scratch, pyinfra: pyinfra.program },
        roundsOf: (count) => (count > 200 ? 1 : count > 50 ? 2 : 3),
      });
    if (wants("operations"))
      await operations(await joined(), record, {
        ...{ hosts: named.length === 0 ? hosts.filter((count) => count <= MOST_IN_ALL) : hosts, scratch },
        roundsOf: (count) => (count > 50 ? 1 : 2),
      });
    if (wants("parallel"))
      await parallel(await joined(), record, { hosts: 200, roundTripMs: 100, rounds: 1, scratch });
    if (wants("first-packet")) await firstPacket(await joined(), record, { rounds: 5, scratch });
    if (wants("import")) await importTime(record, { rounds: 7 });
    // These two join the hosts anew: they come last.
    if (wants("api")) await api(await joined(), record, [10, ...hosts]);
    if (wants("cold")) await cold(lab, record, 3);
    if (!process.argv.includes("--look")) {
      const role =
        "the Ansible role artis3n.tailscale: Ansible Galaxy is no package registry, and was not asked";
      await publish(samples, [role, ...(pyinfra.reason === undefined ? [] : [pyinfra.reason])]);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
