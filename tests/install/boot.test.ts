/** A restart of the machine, and the way back: what comes up by itself, and what an uninstall leaves. */
import { installAndJoin } from "./support/client";
import { mustBeCheap, mustBeNode, mustComeBack, mustLeaveNothing, mustRest } from "./support/expect";
import { listFiles } from "./support/listing";
import { cell } from "./support/record";
import { VARIANTS } from "./support/targets";
import { INSTALLED_BY } from "./support/ways";

const USER = "root";

for (const target of VARIANTS) {
  const row = {
    group: "Restart and removal",
    target,
    before: "fresh",
    settings: "auto",
    user: USER,
  } as const;
  const back = target.init === "none" ? "the next run starts it" : "the node is back by itself";
  cell({ ...row, outcome: `joined; after a restart ${back}; uninstall leaves nothing` }, async (host) => {
    const files = await listFiles(host);
    const pass = await installAndJoin(host, USER);
    mustBeCheap(pass);
    await mustComeBack(host, USER);
    await mustBeNode(host, USER, INSTALLED_BY[target.manager]);
    await mustRest(host, USER);
    await mustLeaveNothing(host, USER, files);
    return pass;
  });
}
