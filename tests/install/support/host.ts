/** A host of the matrix, past SSH: made new, damaged, cut off, rebooted, looked at. */
import { readFileSync } from "node:fs";
import type { CommandResult, Lab } from "../../../lab";
import { powerOff, powerOn, powerOnAsRouter } from "../../faults/support/machine";
import { BOOTED_INSTALL_LAB, mustLab } from "../../integration/support/booted-lab";
import { freshHosts } from "../../integration/support/lab";
import { eventually } from "../../support/eventually";
import type { Target } from "./targets";

export class TestHost {
  private constructor(
    readonly lab: Lab,
    readonly name: string,
    readonly target: Target,
  ) {}

  /** The lab's host of that kind. */
  static async of(target: Target): Promise<TestHost> {
    const lab = await mustLab(BOOTED_INSTALL_LAB);
    const found = lab.hosts.find(({ image, tun }) => image === target.image && tun === target.tun);
    if (found === undefined) throw new Error(`the lab has no ${target.title}`);
    return new TestHost(lab, found.name, target);
  }

  get address(): string {
    return this.lab.hosts.find(({ name }) => name === this.name)!.address;
  }

  /** A newly created machine, and no node in the tailnet. */
  async reset(): Promise<void> {
    await freshHosts(this.lab, this.name);
  }

  /** Takes the power away, and boots it again with the disk as it was. */
  async reboot(): Promise<void> {
    await powerOff(this.lab, this.name);
    await powerOn(this.lab, this.name);
  }

  /** The same, with a kernel that forwards nothing, and that can be told to. */
  async rebootAsRouter(): Promise<void> {
    await powerOff(this.lab, this.name);
    await powerOnAsRouter(this.lab, this.name);
    await eventually(async () => void (await this.must("pgrep -x sshd")), { timeout: 30_000 });
  }

  /** Runs a script as root, whatever becomes of it. */
  try(script: string): Promise<CommandResult> {
    return this.lab.exec(this.name, ["sh", "-c", script]);
  }

  /** Runs a script as root that must succeed; its output. */
  async must(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.try(`set -e\n${script}`);
    if (code !== 0) throw new Error(`on ${this.target.title}: ${script}\nexit ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  /** The version of the client that a login finds. */
  async version(): Promise<string> {
    return (await this.must("hash -r; tailscale version")).split("\n")[0]!;
  }

  /** Waits for the daemon to answer, at most so many seconds: its backend state, or `none`. */
  async awaitDaemon(seconds: number): Promise<string> {
    const { stdout } = await this.try(
      `end=$(($(date +%s) + ${seconds}))
       while [ "$(date +%s)" -lt "$end" ]; do
         state=$(tailscale status --json --peers=false 2>/dev/null | sed -n 's/^ *"BackendState": "\\(.*\\)",*$/\\1/p')
         case "$state" in '' | NoState | Starting) ;; *) echo "$state"; exit ;; esac
         sleep 0.5
       done
       echo none`,
    );
    return stdout.trim();
  }

  /** Rejects all that the host would send, but answers to those who connect to it: proven with the package mirror. */
  async cutOff(): Promise<void> {
    await this.must(
      `iptables -A OUTPUT -o lo -j ACCEPT
       iptables -A OUTPUT -p tcp --sport 22 -j ACCEPT
       iptables -A OUTPUT -j REJECT
       if curl -sS --max-time 5 https://pkgs.tailscale.com/ >/dev/null 2>&1; then echo 'it still has a network'; exit 1; fi`,
    );
  }

  /** Ends what `cutOff` did. */
  async letOut(): Promise<void> {
    await this.must("iptables -F OUTPUT");
  }

  /** The paths that the host has asked the package mirror for since the lab was made. */
  requests(): readonly string[] {
    const lines = readFileSync(this.lab.paths.mirrorLog, { encoding: "utf8", flag: "a+" }).trim().split("\n");
    return lines
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { client?: string; path?: string })
      .filter(({ client }) => client === this.address)
      .map(({ path }) => path ?? "");
  }
}
