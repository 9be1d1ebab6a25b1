/** (f) What a fleet asks of the control server's API: calls, lists and bytes, with as many nodes registered as it has hosts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { delete as leave } from "../mesh/handlers";
import { inputsOf, networkOf, statesAt, type Fleet, type State } from "./fleet";
import { timed, type Record_ } from "./measure";
import { clearOut, fillUp } from "./registered";
import { startRelay } from "./relays";
import type { Traffic } from "./traffic";

const API_KEY = "MESH_BENCH_APIKEY";

/** The booted hosts join anew: what an earlier `joinFleet` told of their nodes holds no longer. */
export async function api(fleet: Fleet, record: Record_, hosts: readonly number[]): Promise<void> {
  const { lab } = fleet;
  process.env[API_KEY] = await lab.apiKey();
  setDefaultCACertificates([...getCACertificates(), readFileSync(lab.caFile, "utf8")]);
  const env = { ...process.env, ...lab.env };
  const { auth_key_env: _minted, ...block } = networkOf(lab, await lab.repositoryKey());
  const config = { ...block, api_key_env: API_KEY };
  const run = async (program: string, states: readonly State[]) => {
    const options = { env, stdin: JSON.stringify(states) };
    const { stdout } = await timed(process.execPath, [join(__dirname, program)], options);
    return JSON.parse(stdout) as { readonly joined: readonly State[]; readonly traffic: Traffic };
  };
  const note = (part: string, at: { hosts: number; nodes: number }, { calls, lists, bytes }: Traffic) => {
    record({ part, who: "calls", at, value: calls, unit: "calls" });
    record({ part, who: "lists among them", at, value: lists, unit: "lists" });
    record({ part, who: "answers", at, value: bytes / 1000, unit: "KB" });
  };

  let joined: readonly State[] = fleet.joined.map((state) => ({ ...state, config }));
  try {
    for (const count of hosts) {
      await fillUp(lab, count);
      await Promise.all(joined.map((state) => leave(String(state["nodeName"]), state)));
      const created = await run("creator.js", inputsOf(lab, config));
      joined = created.joined;
      note("API of a join", { hosts: joined.length, nodes: count }, created.traffic);
      await using relay = await startRelay(count, 0, fleet.targets);
      const at = { hosts: count, nodes: count };
      const refreshed = await run("reader.js", statesAt(joined, relay.ports));
      note("API of a refresh", at, refreshed.traffic);
      const most = Math.floor(count / 50) + 2;
      record({ part: "API of a refresh", who: "at most", at, value: most, unit: "calls" });
    }
  } finally {
    await clearOut(lab);
  }
}
