/** A machine that has never seen the client, through sudo: the part of the matrix that every `npm test` runs. */
import { expect } from "@jest/globals";
import { installAndJoin } from "./support/client";
import { mustBeCheap, mustBeNode, mustRest, NEWEST } from "./support/expect";
import { cell } from "./support/record";
import { VARIANTS } from "./support/targets";
import { INSTALLED_BY } from "./support/ways";

for (const target of VARIANTS) {
  const row = { group: "Fresh hosts", target, before: "fresh", settings: "auto", user: "admin" } as const;
  cell({ ...row, outcome: "installed by its own package manager, and joined" }, async (host) => {
    const pass = await installAndJoin(host, row.user);
    mustBeCheap(pass);
    expect(await host.version()).toBe(NEWEST);
    await mustBeNode(host, row.user, INSTALLED_BY[target.manager]);
    await mustRest(host, row.user);
    return pass;
  });
}
