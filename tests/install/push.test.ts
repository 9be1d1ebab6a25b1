/** Pushed from this machine to a host without a network, through a sudo that asks for a password. */
import { expect } from "@jest/globals";
import { install, installAndJoin } from "./support/client";
import { mustBeCheap, mustBeNode, mustLeaveNothing, mustRest, NEWEST, OLD } from "./support/expect";
import { listFiles } from "./support/listing";
import { cell } from "./support/record";
import { VARIANTS } from "./support/targets";
import { tarballFile, tarballFolder } from "./support/mirror";

const GROUP = "Pushed, no network";
const USER = "ops";

for (const target of VARIANTS) {
  const row = {
    group: GROUP,
    target,
    before: "fresh, cut off",
    settings: "method: push",
    user: USER,
  } as const;
  cell({ ...row, outcome: "pushed, started; uninstall leaves nothing" }, async (host) => {
    const files = await listFiles(host);
    const settings = { method: "push", path: tarballFile(host.lab, NEWEST) };
    await host.cutOff();
    const asked = host.requests().length;
    const pass = await install(host, USER, settings);
    mustBeCheap(pass);
    expect(pass.progress.at(-1)).toBe(`installing tailscale_${NEWEST}_amd64.tgz`);
    expect(await host.version()).toBe(NEWEST);
    await mustRest(host, USER, settings);
    await mustLeaveNothing(host, USER, files);
    expect(host.requests().slice(asked)).toEqual([]);
    return pass;
  });
}

const [debian] = VARIANTS;
const upgrade = {
  group: GROUP,
  target: debian!,
  before: `${OLD} pushed, cut off`,
  settings: "method: push, path: a folder, min_version: 1.100.0",
  user: USER,
  outcome: "the newest of the folder takes its place; joined once there is a network",
} as const;
cell(upgrade, async (host) => {
  await host.cutOff();
  await install(host, USER, { method: "push", path: tarballFile(host.lab, OLD) });
  const settings = { method: "push", path: tarballFolder(host.lab), min_version: "1.100.0" };
  const pass = await install(host, USER, settings);
  expect(await host.version()).toBe(NEWEST);
  expect(await host.must("ls -d /opt/tailscale/[0-9]*")).toBe(`/opt/tailscale/${NEWEST}`);
  await mustRest(host, USER, settings);
  await host.letOut();
  await installAndJoin(host, USER, settings);
  await mustBeNode(host, USER, "pushed tarball");
  return pass;
});
