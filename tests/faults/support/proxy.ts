/** A TCP proxy between the CLI and a host's sshd that cuts the connection at a boundary of an exec. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** `request`: the host never gets it; `work`: the host has begun; `answer`: the host is done, nobody hears of it. */
export type Moment = "request" | "work" | "answer";

export interface Cut {
  /** Which exec of the connection, from 1. */
  readonly exec: number;
  readonly moment: Moment;
  /** Milliseconds from the request until the host is in the middle of its work. */
  readonly workMs: number;
}

/** A client's burst of so many bytes without a word of the server is an exec request: nothing else in SSH is as long. */
const REQUEST_BYTES = 3_000;
/** The server's words between request and answer (marks, the first progress line) are shorter than this in sum. */
const ANSWER_BYTES = 600;
/** Longer than any step takes. */
const ANSWER_MS = 9_000;

export class CuttingProxy implements AsyncDisposable {
  /** True once it has cut a connection. */
  struck = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
    private cut: Cut | undefined,
  ) {
    server.on("connection", (client) => this.forward(client));
  }

  /** Cuts one connection to `target`; those after it are left alone. */
  static async open(target: string, cut: Cut): Promise<CuttingProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttingProxy(server, target, cut);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private forward(client: Socket): void {
    const host = connect({ host: this.target, port: 22 });
    for (const socket of [client, host]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
    }
    const end = () => [client, host].forEach((socket) => socket.destroy());
    client.on("close", end);
    host.on("close", end);

    const strike = () => {
      this.struck = true;
      end();
    };
    let burst = 0;
    let requests = 0;
    let answered = 0;
    let mute = false;
    client.on("data", (data) => {
      const before = burst;
      burst += data.length;
      const isRequest = before < REQUEST_BYTES && burst >= REQUEST_BYTES;
      if (isRequest) answered = 0;
      if (isRequest && ++requests === this.cut?.exec) {
        if (this.cut.moment === "request") return this.once(strike);
        if (this.cut.moment === "work") setTimeout(() => this.once(strike), this.cut.workMs);
      }
      host.write(data);
    });
    host.on("data", (data) => {
      burst = 0;
      answered += data.length;
      const isAnswer = requests === this.cut?.exec && answered >= ANSWER_BYTES;
      if (isAnswer && this.cut?.moment === "answer" && !mute) {
        mute = true;
        setTimeout(() => this.once(strike), ANSWER_MS);
      }
      if (!mute) client.write(data);
    });
  }

  private once(strike: () => void): void {
    this.cut = undefined;
    strike();
  }
}
