/** The static tarball: fetched by the host itself, on every kind of host. */
import { expect } from "@jest/globals";
import { installAndJoin } from "./support/client";
import { mustBeCheap, mustBeNode, mustComeBack, mustLeaveNothing, mustRest, NEWEST } from "./support/expect";
import { listFiles } from "./support/listing";
import { cell } from "./support/record";
import { VARIANTS } from "./support/targets";

const SETTINGS = { method: "tarball" };
const TARBALL = /tailscale_.*_amd64\.tgz$/;

for (const target of VARIANTS) {
  const row = { group: "Static tarball", target, before: "fresh", user: "admin" } as const;
  const back = target.init === "none" ? "the next run starts it" : "the node is back by itself";
  const outcome = `fetched by the host, joined; after a restart ${back}; uninstall leaves nothing`;
  cell({ ...row, settings: "method: tarball", outcome }, async (host) => {
    const files = await listFiles(host);
    const asked = host.requests().length;
    const pass = await installAndJoin(host, row.user, SETTINGS);
    mustBeCheap(pass);
    expect(await host.version()).toBe(NEWEST);
    expect(
      host
        .requests()
        .slice(asked)
        .filter((path) => TARBALL.test(path)),
    ).toHaveLength(1);
    await mustComeBack(host, row.user, SETTINGS);
    await mustBeNode(host, row.user, "static tarball");
    await mustRest(host, row.user, SETTINGS);
    await mustLeaveNothing(host, row.user, files);
    return pass;
  });
}
