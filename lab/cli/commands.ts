/** Carries out one parsed command of the lab. */
import { execInteractively } from "../hosts/exec";
import { Lab, type LabOptions } from "../lab";
import { ensureMachine, examine } from "../prepare/doctor";
import { takeDown } from "../scenario/down";
import { formatStatus } from "../scenario/status";
import { logToStderr as log } from "../system/log";
import type { Command } from "./args";
import { formatExports, formatLab } from "./print";
import { USAGE } from "./usage";

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Resolves to the exit code. */
export async function execute(command: Command): Promise<number> {
  switch (command.command) {
    case "help":
      process.stdout.write(USAGE);
      return 0;
    case "doctor":
      return doctor();
    case "up":
      return up(command);
    case "down":
      await takeDown(command.name, log);
      log(`lab ${command.name} is down`);
      return 0;
  }
  const lab = await Lab.attach(command.name, log);
  switch (command.command) {
    case "status":
      print(formatStatus(await lab.status()));
      return 0;
    case "env":
      print(command.json ? formatLab(lab) : formatExports(lab.env));
      return 0;
    case "authkey":
      print(await lab.authKey(command.key));
      return 0;
    case "apikey":
      print(await lab.apiKey());
      return 0;
    case "add":
      await lab.addHosts(command.count, { image: command.image, tun: command.tun });
      return 0;
    case "control":
      await lab.control[command.action]();
      return 0;
    case "exec":
      return execInteractively(lab.name, lab.host(command.host), command.argv);
  }
}

async function up({ name, hosts, headscale }: LabOptions): Promise<number> {
  const started = Date.now();
  const lab = await Lab.up({ name, hosts, headscale, keep: true, log });
  log(
    `lab ${name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s: ${lab.hosts.length} host${lab.hosts.length === 1 ? "" : "s"}`,
  );
  return 0;
}

async function doctor(): Promise<number> {
  for (const { requirement, met } of await examine())
    print(`${met ? "ok     " : "missing"}  ${requirement.name}`);
  await ensureMachine(log);
  print("this machine is ready for the lab");
  return 0;
}
