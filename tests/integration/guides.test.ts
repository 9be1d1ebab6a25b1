/** The guides, followed to the letter from an empty folder, with Pulumi's own command line and the package as it is published. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab } from "./support/lab";
import { networkOf, Reader } from "./support/guide";

let lab: Lab;

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
});

/** A guide sets a user and a policy of its own. */
afterAll(async () => {
  await lab.headscale(["policy", "set", "--file", lab.paths.policy]);
  await lab.headscale(["users", "destroy", "--name", "ops"]);
});

/** A guide installs all that its reader does: the packages come from the registry. */
const TIMEOUT = 600_000;

it(
  "docs/guides/headscale.md leads from an empty folder to two nodes, and back",
  async () => {
    using reader = new Reader(lab);
    const output = await reader.follow("docs/guides/headscale.md", [
      ...networkOf(lab),
      ["203.0.113.7", connectionTo(lab, "host-1").host],
      ["203.0.113.8", connectionTo(lab, "host-2").host],
      ["hskey-api-...", `$(tail -n 1 "$SERVER/printed")`],
    ]);
    expect(output).toContain(`joined as web-1.${lab.baseDomain}`);
    expect(output).toContain(`{"db-1":"db-1.${lab.baseDomain}","web-1":"web-1.${lab.baseDomain}"}`);
    expect(output).toContain("1 received, 0% packet loss");
    expect(await listNodes(lab)).toEqual([]);
  },
  TIMEOUT,
);

it(
  "docs/guides/tailscale.md leads from an empty folder to a preview; what follows is Tailscale's own service",
  async () => {
    using reader = new Reader(lab);
    const output = await reader.follow("docs/guides/tailscale.md", []);
    expect(output).toContain("4 to create");
    expect(output).toMatch(/db-1 *: "db-1\.tail1234\.ts\.net"/);
  },
  TIMEOUT,
);
