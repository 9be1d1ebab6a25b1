/** How scripts wait for the daemon and the node, by a real shell: with a last look after the last pause; and whether a unit is enabled. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { temporaryFolder } from "../../support/temporary-folder";
import { FUNCTIONS } from "./shell-functions";

const sh = (script: string) =>
  spawnSync("sh", ["-c", `${FUNCTIONS}\n${script}`, "mark"], { encoding: "utf8" }).stdout;

const STARTING = '{ "BackendState": "Starting" }';
const RUNNING =
  '{ "BackendState": "Running", "TailscaleIPs": [ "100.64.0.1" ], "DNSName": "web-1.demo.mesh." }';

/** A daemon whose first answers are these; the rest of time it gives the last one. No time goes by but in `sleep`, a second each. */
const daemon = (...answers: readonly string[]) => {
  const folder = temporaryFolder("await");
  answers.forEach((answer, at) => writeFileSync(join(folder, String(at)), answer));
  return `
clock=0
asked() { cat '${folder}/asked' 2>/dev/null || echo 0; }
sleep() { clock=$((clock + 1)); }
date() { echo "$clock"; }
status() { n=$(asked); echo $((n + 1)) >'${folder}/asked'; [ -e '${folder}/'$n ] || n=${answers.length - 1}; cat '${folder}/'$n; }
`;
};

it.each([
  ["at once", 2, [RUNNING], "0 1"],
  ["in the last pause", 2, [STARTING, STARTING, RUNNING], "0 3"],
  ["too late", 2, [STARTING, STARTING, STARTING, RUNNING], "1 3"],
])("a node that runs %s: whether it does, and how often it was asked", (_when, tries, answers, told) => {
  const out = sh(`${daemon(...answers)}running ${tries}; echo "$? $(asked)"; printf %s "$answer"`);
  expect(out).toBe(`${told}\n${answers[Number(told.split(" ")[1]) - 1]}`);
});

it.each([
  ["at once", [RUNNING]],
  ["in the last pause", [...Array.from({ length: 10 }, () => ""), RUNNING]],
])("a daemon that answers %s is heard", (_when, answers) => {
  expect(sh(`${daemon(...answers)}await_daemon; printf %s "$answer"`)).toBe(RUNNING);
});

it("a daemon that never answers is given up, with the last that it said", () => {
  expect(sh(`${daemon(STARTING)}await_daemon; echo "$clock $answer"`)).toBe(`10 ${STARTING}\n`);
});

it("a unit is enabled by its link, however long systemd remembers another; not when it is masked or the link leads nowhere", () => {
  const root = temporaryFolder("units");
  const link = join(root, "etc/systemd/system/multi-user.target.wants/tailscaled.service");
  const unit = join(root, "tailscaled.service");
  mkdirSync(join(link, ".."), { recursive: true });
  writeFileSync(unit, "");
  const isLinked = () => {
    const functions = FUNCTIONS.replaceAll(/\/(etc|run)\/systemd\/system/g, `${root}/$1/systemd/system`);
    return spawnSync("sh", ["-c", `${functions}\nis_linked`]).status === 0;
  };
  expect(isLinked()).toBe(false);
  symlinkSync(unit, link);
  expect(isLinked()).toBe(true);
  const mask = join(root, "etc/systemd/system/tailscaled.service");
  symlinkSync("/dev/null", mask);
  expect(isLinked()).toBe(false);
  rmSync(mask);
  rmSync(unit);
  expect(isLinked()).toBe(false);
});
