/** A host and the network to it, for the guard: real scripts in a real shell, a second of theirs lasts some 40 ms. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MeshError } from "../../../errors";
import type { ExecOptions, ExecResult, Session } from "../../../transport";
import { temporaryFolder } from "../../support/temporary-folder";
import { unreachable, type Confirmation, type Connection, type Setting } from "./guard-connection";

/** How much faster time passes there. */
const FASTER = 25;

export class World implements AsyncDisposable {
  readonly home = temporaryFolder("guard");
  readonly confirmations: Confirmation[] = [];
  /** True once a restart hit a change that nobody had decided on, and that nothing undoes at boot; or the decision itself. */
  forgotten = false;
  private linkUp = true;
  private programs = process.env["PATH"];
  private readonly open = new Set<Connection>();
  private readonly watcher: NodeJS.Timeout;

  /** `cuts`: nobody reaches the host while its setting is the new one. */
  constructor(
    private readonly cuts: boolean,
    private readonly systemd = true,
  ) {
    for (const folder of ["run", "units"]) mkdirSync(join(this.home, folder));
    writeFileSync(join(this.home, "setting"), "old");
    this.program(
      "tailscale",
      '[ "$1" != set ] || { printf %s "${2#*=}" >"$home/new"; mv "$home/new" "$home/setting"; }',
    );
    this.program("sleep", `exec /bin/sleep ${1 / FASTER}`);
    this.program("systemd-run", "exit 1");
    this.program("sync", "exit 0"); // takes long on a machine that is busy
    this.watcher = setInterval(() => {
      if (!this.isReachable()) this.breakAll("silent");
    }, 5);
  }

  /** Waits for its turn, as for a lock, then changes the setting. */
  readonly step = 'while [ ! -e "$1/turn" ]; do sleep 1; done; tailscale set --setting=new; echo changed';

  get setting(): Setting {
    return readFileSync(join(this.home, "setting"), "utf8") as Setting;
  }

  giveTurn(): void {
    writeFileSync(join(this.home, "turn"), "");
  }

  /** The network fails for a while. */
  async fail(milliseconds: number, how: "silent" | "loud"): Promise<void> {
    this.linkUp = false;
    this.breakAll(how);
    await delay(milliseconds);
    this.linkUp = true;
  }

  /** Memory is lost, and what stands in /run with it; disks are not. */
  async restart(): Promise<void> {
    this.kill();
    const folder = join(this.home, "run", "pulumi-mesh");
    const runs = existsSync(folder) ? readdirSync(folder) : [];
    this.forgotten ||= runs.some((id) => existsSync(join(folder, id, "decided")) || !this.systemd);
    rmSync(folder, { recursive: true, force: true });
    await this.fail(60, "silent");
    this.boot();
  }

  /** Starts what is to be started at boot. */
  private boot(): void {
    const wanted = join(this.home, "units", "multi-user.target.wants");
    for (const unit of existsSync(wanted) ? readdirSync(wanted) : []) {
      const [, script] = /^ExecStart=\/bin\/sh (.*)$/m.exec(readFileSync(join(wanted, unit), "utf8"))!;
      spawnSync("/bin/sh", [script!], { env: this.env });
    }
  }

  /** As a handler's session. */
  connect(): Session {
    let current = this.dial();
    return {
      host: "web-1",
      hostKey: undefined,
      jumpHostKey: undefined,
      exec: (argv, options) => this.exec(current, argv, options),
      reconnect: async ({ signal } = {}) => {
        current.cut("loud");
        while (!this.isReachable()) {
          if (signal?.aborted) throw unreachable();
          await delay(5);
        }
        current = this.dial();
      },
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Waits until the host is done with every step that it was given; throws when it leaves one open. */
  async settled(): Promise<void> {
    const folder = join(this.home, "run", "pulumi-mesh");
    const isOpen = (id: string) =>
      !existsSync(join(folder, id, "decided")) ||
      (!existsSync(join(folder, id, "restored")) && !this.confirmations.some(({ kept }) => kept));
    const end = performance.now() + 10_000;
    while (existsSync(folder) && readdirSync(folder).some(isOpen)) {
      if (performance.now() > end) throw new Error("the host neither keeps nor restores");
      await delay(10);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.watcher);
    this.kill();
    return Promise.resolve();
  }

  private get env(): NodeJS.ProcessEnv {
    return { PATH: `${this.home}:${this.programs}`, home: this.home };
  }

  private isReachable(): boolean {
    return this.linkUp && !(this.cuts && this.setting === "new");
  }

  private breakAll(how: "silent" | "loud"): void {
    for (const connection of this.open) connection.cut(how);
  }

  private dial(): Connection {
    let fail!: (error: Error) => void;
    const broken = new Promise<never>((_, reject) => (fail = reject));
    broken.catch(() => undefined);
    let isBroken = false;
    const connection: Connection = {
      openedOn: this.setting,
      broken,
      isBroken: () => isBroken,
      cut: (how) => {
        isBroken = true;
        if (how === "loud") fail(unreachable());
      },
    };
    this.open.add(connection);
    return connection;
  }

  private async exec(
    connection: Connection,
    argv: readonly string[],
    { label, onLine, timeoutMs = 60_000 }: ExecOptions,
  ): Promise<ExecResult> {
    if (!this.isReachable()) connection.cut("silent");
    if (connection.isBroken()) return connection.broken;
    const [program, ...args] = argv.map((each) =>
      each
        .replaceAll("in /run /var/run /var/lib;", `in ${this.home}/run;`)
        .replaceAll("-d /run/systemd/system", this.systemd ? `-d ${this.home}` : "-d /nowhere")
        .replaceAll("/var/lib/pulumi-mesh", `${this.home}/lib`)
        .replaceAll("/etc/systemd/system", `${this.home}/units`),
    );
    const child = spawn(program!, args, { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    const done = this.read(child, connection, onLine).then((result) => {
      if (label === "confirm")
        this.confirmations.push({ kept: /\nkept\n/.test(result.stdout), openedOn: connection.openedOn });
      return connection.isBroken() ? connection.broken : result;
    });
    const late = delay(timeoutMs / FASTER, undefined, { ref: false }).then(() => {
      throw new MeshError({ kind: "timed-out", host: "web-1", message: "late", remedy: "Try again." });
    });
    return Promise.race([done, connection.broken, late]);
  }

  private read(
    child: ChildProcess,
    connection: Connection,
    onLine: ExecOptions["onLine"],
  ): Promise<ExecResult> {
    let stdout = "";
    let stderr = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (!connection.isBroken())
        chunk
          .toString()
          .trimEnd()
          .split("\n")
          .forEach((line) => onLine?.(line));
    });
    child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  }

  /** Puts a program before those of this machine. */
  program(name: string, text: string): void {
    writeFileSync(join(this.home, name), `#!/bin/sh\nhome='${this.home}'\n${text}\n`, { mode: 0o755 });
  }

  /** Takes programs off the host. */
  without(...names: readonly string[]): void {
    const folder = join(this.home, "programs");
    mkdirSync(folder);
    for (const from of ["/usr/bin", "/usr/sbin", "/bin"].filter((each) => existsSync(each)))
      for (const name of readdirSync(from).filter((each) => !names.includes(each)))
        if (!existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name));
    this.programs = folder;
  }

  /** Every process of the host: its folder is in the arguments of each. */
  private kill(): void {
    for (const id of readdirSync("/proc").filter(
      (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
    )) {
      try {
        if (readFileSync(`/proc/${id}/cmdline`, "utf8").includes(this.home))
          process.kill(Number(id), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }
}
