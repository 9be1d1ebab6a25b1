/**
 * Nodes that Headscale has registered, without a client behind them: copies of one that has joined, put into its database while it is
 * stopped. By its own API three hundred took two minutes, and more took longer each: it works out anew who sees whom.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Lab } from "../lab";

const PREFIX = "registered-";

/** Adds nodes until there are so many. */
export function fillUp(lab: Lab, count: number): Promise<void> {
  return whileStopped(lab, (database) => {
    const { known } = database.prepare("SELECT count(*) AS known FROM nodes").get() as { known: number };
    const model = database.prepare("SELECT * FROM nodes WHERE hostname NOT LIKE ?").get(`${PREFIX}%`)!;
    const { id: _own, ...columns } = model;
    const names = Object.keys(columns);
    const insert = database.prepare(
      `INSERT INTO nodes (${names.join(", ")}) VALUES (${names.map((name) => `:${name}`).join(", ")})`,
    );
    for (let number = known + 1; number <= count; number++) insert.run({ ...columns, ...own(number) });
  });
}

/** Removes them all. */
export function clearOut(lab: Lab): Promise<void> {
  return whileStopped(lab, (database) => {
    database.prepare("DELETE FROM nodes WHERE hostname LIKE ?").run(`${PREFIX}%`);
  });
}

/** What no two nodes share; addresses at the far end of Headscale's, which it gives out from the other. */
function own(number: number): Record<string, SQLInputValue> {
  const key = () => randomBytes(32).toString("hex");
  const name = `${PREFIX}${number}`;
  return {
    ...{ hostname: name, given_name: name, machine_key: `mkey:${key()}`, node_key: `nodekey:${key()}` },
    ...{ disco_key: `discokey:${key()}`, ipv4: `100.100.${number >> 8}.${number & 255}` },
    ipv6: `fd7a:115c:a1e0::ff:${number.toString(16)}`,
  };
}

async function whileStopped(lab: Lab, work: (database: DatabaseSync) => void): Promise<void> {
  await lab.control.stop();
  const database = new DatabaseSync(join(lab.paths.headscale, "db.sqlite"));
  try {
    work(database);
  } finally {
    database.close();
    await lab.control.start();
  }
}
