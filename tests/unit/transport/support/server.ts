/** A real SSH server in this process, which runs what it is asked to run through a chosen login shell. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import ssh2, { type AuthContext, type AuthenticationType, type Connection, type ServerChannel } from "ssh2";
import type { SshConnection } from "../../../../transport";
import { makeKey, type KeyPair } from "./keys";

export interface ServerOptions {
  /** Default: one ed25519 key. */
  readonly hostKeys?: readonly KeyPair[];
  /** Who may log in, and how; default: the key `userKey`. */
  readonly publicKey?: string;
  readonly password?: string;
  /** Prompts of keyboard-interactive, with the right answers. */
  readonly prompts?: readonly { readonly prompt: string; readonly echo: boolean; readonly answer: string }[];
  /** Let everybody in, without a credential. */
  readonly open?: boolean;
  readonly banner?: string;
  /** What the server offers in the handshake. */
  readonly algorithms?: ssh2.Algorithms;
  /** A key is not enough: the password is wanted as well. */
  readonly both?: boolean;
  /** The only hash that signatures of RSA keys may have. */
  readonly rsaHash?: string;
  /** Program and arguments before the command line; default `sh -c`. */
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly address?: string;
  /** Let connections through to other hosts. Default true. */
  readonly forwarding?: boolean;
  /** Called with each command instead of running it. */
  readonly onExec?: (channel: ServerChannel, command: string) => void;
}

export const userKey = makeKey();
const defaultHostKey = makeKey();

export class TestServer implements AsyncDisposable {
  /** Methods that clients tried, in order. */
  readonly attempts: string[] = [];
  /** Command lines that clients sent. */
  readonly commands: string[] = [];
  /** Names of variables that clients sent. */
  readonly variables: string[] = [];
  /** Connections accepted so far, and the most at one time. */
  accepted = 0;
  /** The most logins under way at one time. */
  mostLoggingIn = 0;
  readonly hostKeys: readonly KeyPair[];
  readonly #sockets = new Set<Connection>();
  readonly #loggingIn = new Set<Connection>();
  readonly #children = new Set<ChildProcess>();
  readonly #server: ssh2.Server;

  private constructor(private readonly options: ServerOptions) {
    this.hostKeys = options.hostKeys ?? [defaultHostKey];
    const hostKeys = this.hostKeys.map((key) => key.private);
    this.#server = new ssh2.Server(
      { hostKeys, banner: options.banner, algorithms: options.algorithms },
      (client) => this.#serve(client),
    );
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options);
    server.#server.listen(options.port ?? 0, options.address ?? "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connects as the user with the key; other credentials by `others`. */
  connection(others: Partial<SshConnection> = { privateKey: userKey.private }): SshConnection {
    return { host: "127.0.0.1", port: this.port, user: "tester", dialErrorLimit: 0, ...others };
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Cuts all connections, as a network does: without a word. */
  cut(): void {
    for (const client of this.#sockets) socketOf(client).destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    for (const { pid } of this.#children) if (pid !== undefined) killGroup(pid);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Connection): void {
    this.#sockets.add(client);
    socketOf(client).setNoDelay(true);
    this.accepted++;
    this.#loggingIn.add(client);
    this.mostLoggingIn = Math.max(this.mostLoggingIn, this.#loggingIn.size);
    client
      .on("ready", () => this.#loggingIn.delete(client))
      .on("close", () => this.#sockets.delete(client) && this.#loggingIn.delete(client))
      .on("error", () => undefined)
      .on("authentication", (context: AuthContext) => this.#authenticate(context))
      .on("session", (accept) => {
        const session = accept();
        session.on("env", (_accept, _reject, { key }) => this.variables.push(key));
        session.on("exec", (acceptExec, _reject, { command }) => {
          this.commands.push(command);
          const channel = acceptExec();
          if (this.options.onExec === undefined) this.#run(channel, command);
          else this.options.onExec(channel, command);
        });
      })
      .on("tcpip", (accept, reject, { destIP, destPort }) => {
        if (this.options.forwarding === false) return reject();
        const socket = connect(destPort, destIP)
          .on("error", () => reject())
          .on("connect", () => {
            const channel = accept();
            channel.on("error", () => undefined);
            channel.pipe(socket).pipe(channel);
          });
      });
  }

  #authenticate(context: AuthContext): void {
    const { publicKey, password, prompts, open } = this.options;
    this.attempts.push(context.method);
    const methods: AuthenticationType[] = [];
    if (publicKey !== undefined || (password === undefined && prompts === undefined))
      methods.push("publickey");
    if (password !== undefined) methods.push("password");
    if (prompts !== undefined) methods.push("keyboard-interactive");
    const decide = (ok: boolean) => (ok ? context.accept() : context.reject(methods));

    if (context.method === "none") return decide(open === true);
    if (!methods.includes(context.method)) return decide(false);
    if (context.method === "password") return decide(context.password === password);
    if (context.method === "publickey") {
      const isKey = context.key.data.toString("base64") === (publicKey ?? userKey.public).split(" ")[1];
      const ok = isKey && context.hashAlgo === (this.options.rsaHash ?? context.hashAlgo);
      // The query before the signature is answered as if it was all.
      if (ok && this.options.both && context.signature !== undefined)
        return context.reject(["password"], true);
      return decide(ok);
    }
    if (context.method === "keyboard-interactive") {
      context.prompt([...prompts!], (answers) =>
        decide(prompts!.every(({ answer }, index) => answer === answers[index])),
      );
    }
  }

  #run(channel: ServerChannel, command: string): void {
    const [program, ...args] = this.options.shell ?? ["sh", "-c"];
    const env: Record<string, string> = { PATH: "/usr/bin:/bin", ...this.options.env };
    const child = spawn(program!, [...args, command], { env, detached: true, cwd: env["HOME"] });
    this.#children.add(child);
    child.stdin.on("error", () => undefined);
    channel.on("error", () => undefined);
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    // As sshd: the status at once, the end of the channel when nobody holds its streams any more.
    child.on("exit", (code, signal) => {
      if (signal === null) channel.exit(code ?? 255);
      else channel.exit(signal.replace("SIG", ""));
    });
    child.on("close", () => channel.end());
    channel.on("close", () =>
      [child.stdin, child.stdout, child.stderr].forEach((stream) => stream.destroy()),
    );
  }
}

/** ssh2 keeps it to itself. */
function socketOf(client: Connection): Socket {
  return (client as unknown as { _sock: Socket })._sock;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
