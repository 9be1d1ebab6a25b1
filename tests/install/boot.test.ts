/** A restart of the machine, and the way back: what comes up by itself, and what an uninstall leaves. */
import { expect } from "vitest";
import { install, installAndJoin, type Pass } from "./support/client";
import { mustBeCheap, mustBeNode, mustLeaveNothing, mustRest } from "./support/expect";
import type { TestHost } from "./support/host";
import { listFiles } from "./support/listing";
import { cell } from "./support/record";
import { VARIANTS } from "./support/targets";
import { INSTALLED_BY } from "./support/ways";

const USER = "root";

/** Without an init system nobody starts the daemon at boot: the next run does. */
async function mustComeBack(host: TestHost): Promise<void> {
  await host.reboot();
  if (host.target.init === "none") {
    expect(await host.awaitDaemon(5)).toBe("none");
    expect((await install(host, USER)).progress).toEqual(["starting tailscaled"]);
  }
  expect(await host.awaitDaemon(60)).toBe("Running");
}

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
    const pass: Pass<unknown> = await installAndJoin(host, USER);
    mustBeCheap(pass);
    await mustComeBack(host);
    await mustBeNode(host, USER, INSTALLED_BY[target.manager]);
    await mustRest(host, USER);
    await mustLeaveNothing(host, USER, files);
    return pass;
  });
}
