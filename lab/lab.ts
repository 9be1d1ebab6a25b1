/** A lab that is up: what tests and the demo hold in their hands. */
import { readFile } from "node:fs/promises";
import { loginServer } from "./control/config";
import { type ControlServer, ensureHeadscale, headscale, stopHeadscale } from "./control/headscale";
import { type AuthKeyOptions, createApiKey, createAuthKey } from "./control/keys";
import type { HeadscaleRelease } from "./control/releases";
import { LabError } from "./error";
import { awaitBooted, bootHost } from "./hosts/boot";
import { execOnHost, type ExecOptions } from "./hosts/exec";
import { parseHostImage } from "./hosts/variants";
import { labNames } from "./network/names";
import { findNetwork } from "./network/network";
import { takeDown } from "./scenario/down";
import { buildEnvironment } from "./scenario/environment";
import { type LabPaths, labPaths } from "./paths";
import type { Clients } from "./prepare/tools";
import { DEFAULT_PLAN, type HostPlan } from "./scenario/plan";
import { type LabHost, type LabState, loadState, thisProcess } from "./scenario/state";
import { type LabStatus, readStatus } from "./scenario/status";
import { bringUp, ensureImages, hostSpec } from "./scenario/up";
import type { CommandResult } from "./system/command";
import { type Log, silent } from "./system/log";

export interface LabOptions {
  readonly name: string;
  /** At least so many; default 3 for a new lab, and what it has for one that exists. */
  readonly hosts?: number;
  /** Which release of Headscale is its control server, for good; the newest unless told otherwise. */
  readonly headscale?: HeadscaleRelease;
  /** Which versions of the client can be installed, newest first; all unless told otherwise. */
  readonly clients?: Clients;
  /** False (the default) for a lab that belongs to this process: `removeStaleLabs` removes it once the process has ended. */
  readonly keep?: boolean;
  readonly log?: Log;
}

export class Lab implements AsyncDisposable {
  private constructor(
    private state: LabState,
    private readonly log: Log,
  ) {}

  /** Brings the lab up, making the machine ready first; also repairs one, and gives it more hosts. */
  static async up({ keep = false, log = silent, ...options }: LabOptions): Promise<Lab> {
    return new Lab(await bringUp({ ...options, log, owner: keep ? undefined : await thisProcess() }), log);
  }

  /** The lab of that name, which must be up already. */
  static async attach(name: string, log: Log = silent): Promise<Lab> {
    const state = await loadState(name);
    if (state === undefined)
      throw new LabError(`there is no lab "${name}"`, `Run \`npm run lab -- up --name ${name}\`.`);
    return new Lab(state, log);
  }

  get name(): string {
    return this.state.name;
  }

  get hosts(): readonly LabHost[] {
    return this.state.hosts;
  }

  /** Every file of the lab. */
  get paths(): LabPaths {
    return labPaths(this.name);
  }

  /** The private key that root, admin and ops accept on every host. */
  get identityFile(): string {
    return this.paths.identityFile;
  }

  get caFile(): string {
    return this.paths.caFile;
  }

  get loginServer(): string {
    return loginServer(this.name);
  }

  /** The MagicDNS suffix of the lab's tailnet. */
  get baseDomain(): string {
    return labNames(this.name).baseDomain;
  }

  /** The release of Headscale that is its control server. */
  get headscaleRelease(): HeadscaleRelease {
    return this.state.headscale;
  }

  /** Variables to add to `process.env` for `pulumi` and the package to work with this lab. */
  get env(): Readonly<Record<string, string>> {
    return buildEnvironment(this.paths, process.env);
  }

  /** The password of the user `ops`, for logging in and for sudo. */
  async opsPassword(): Promise<string> {
    return readFile(this.paths.opsPassword, "utf8");
  }

  /** The armored public key that the package mirror's repositories and packages are signed with. */
  async repositoryKey(): Promise<string> {
    return readFile(this.paths.repositoryKeyFile, "utf8");
  }

  authKey(options: AuthKeyOptions = {}): Promise<string> {
    return createAuthKey(this.server, options);
  }

  /** A key for Headscale's REST API. */
  apiKey(): Promise<string> {
    return createApiKey(this.server);
  }

  /** Runs Headscale's own command line, and returns its JSON. */
  headscale(args: readonly string[]): Promise<unknown> {
    return headscale(this.server, args);
  }

  /** Runs a command as root on a host: to prepare and to verify. */
  exec(host: string, argv: readonly string[], options: ExecOptions = {}): Promise<CommandResult> {
    return execOnHost(this.name, this.host(host), argv, options);
  }

  /** The control server's switch. */
  readonly control = {
    stop: (): Promise<void> => stopHeadscale(this.paths),
    start: async (): Promise<void> => ensureHeadscale(this.name, await this.subnet(), this.server),
  };

  status(): Promise<LabStatus> {
    return readStatus(this.state);
  }

  /**
   * Boots `count` more hosts, and returns them: Debian with a TUN device unless told otherwise. Throws a UsageError that
   * lists the images when there is none of that name.
   */
  async addHosts(count: number, plan: Partial<HostPlan> = {}): Promise<readonly LabHost[]> {
    const before = this.hosts.length;
    const { image = DEFAULT_PLAN.image, tun = DEFAULT_PLAN.tun } = plan;
    this.state = await bringUp({
      name: this.name,
      hosts: before + count,
      plan: { image: parseHostImage(image), tun },
      log: this.log,
    });
    return this.hosts.slice(before);
  }

  /** Replaces a host by a newly created machine with the same name and address, and other host keys. */
  async resetHost(name: string): Promise<void> {
    const host = this.host(name);
    const spec = hostSpec(this.state, host, await ensureImages([host], this.log));
    await bootHost(spec);
    await awaitBooted(spec);
  }

  async down(): Promise<void> {
    await takeDown(this.name, this.log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  /** The host of that name. */
  host(name: string): LabHost {
    const host = this.hosts.find((each) => each.name === name);
    if (host !== undefined) return host;
    const known = this.hosts.map((each) => each.name).join(", ");
    throw new LabError(`the lab "${this.name}" has no host "${name}"`, `Its hosts: ${known || "none"}.`);
  }

  private get server(): ControlServer {
    return { paths: this.paths, release: this.headscaleRelease };
  }

  private async subnet(): Promise<string> {
    const network = await findNetwork(this.name);
    if (network === undefined) throw new LabError(`the lab "${this.name}" has no network`, "Run `up` again.");
    return network.subnet;
  }
}
