/** Hosts without a network device: the node is a member all the same, and the user is told what that means. */
import { expect } from "@jest/globals";
import { installAndJoin } from "./support/client";
import { mustBeCheap, mustBeNode, mustRest } from "./support/expect";
import { cell } from "./support/record";
import { WITHOUT_TUN } from "./support/targets";
import { INSTALLED_BY } from "./support/ways";

for (const target of WITHOUT_TUN) {
  const row = { group: "No TUN device", target, before: "fresh", settings: "auto", user: "admin" } as const;
  cell({ ...row, outcome: "userspace networking, said in a warning; joined" }, async (host) => {
    const pass = await installAndJoin(host, row.user);
    mustBeCheap(pass);
    expect(pass.warnings.join()).toContain("no network device (/dev/net/tun)");
    await mustBeNode(host, row.user, `${INSTALLED_BY[target.manager]}, userspace networking`);
    await mustRest(host, row.user);
    return pass;
  });
}
