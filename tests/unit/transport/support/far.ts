/** A name with two addresses: one that takes a second to answer, as a host far away with a lost packet, and one that is dead. */
import { spawn, type ChildProcess } from "node:child_process";
import dns from "node:dns";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Lets what it accepts through to a port of 127.0.0.1; its queue of connections not yet accepted is short. */
const RELAY = `
const { createServer, connect } = require("node:net");
const [address, port, target] = process.argv.slice(1);
const server = createServer((socket) => {
  const onward = connect(Number(target), "127.0.0.1").on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy()).pipe(onward).pipe(socket);
});
server.listen({ host: address, port: Number(port), backlog: 1 }, () => console.log(server.address().port));`;

export interface FarHost extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
}

/**
 * `far.test`, whose first address answers a connection after a second (its process sleeps, its queue is full, and the
 * kernel sends the SYN again) by relaying it to `target`, and whose second address never does.
 */
export async function farHost(target: number): Promise<FarHost> {
  const children: ChildProcess[] = [];
  const sockets: Socket[] = [];
  const freeze = async (address: string, port: number) => {
    const child = spawn(process.execPath, ["-e", RELAY, address, String(port), String(target)]);
    children.push(child);
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGSTOP");
    for (let filler = 0; filler < 4; filler++)
      sockets.push(connect(Number(line.toString()), address).on("error", () => undefined));
    await delay(100);
    return Number(line.toString());
  };
  const port = await freeze("127.0.0.2", 0);
  await freeze("127.0.0.3", port);

  const { lookup } = dns;
  dns.lookup = ((name: string, options: object, callback: (...answer: unknown[]) => void) => {
    if (name !== "far.test") return lookup(name, options, callback);
    // Awake in time for the second SYN.
    setTimeout(() => children[0]!.kill("SIGCONT"), 600);
    callback(
      null,
      ["127.0.0.2", "127.0.0.3"].map((address) => ({ address, family: 4 })),
    );
  }) as typeof dns.lookup;
  return {
    name: "far.test",
    port,
    async [Symbol.asyncDispose]() {
      dns.lookup = lookup;
      sockets.forEach((socket) => socket.destroy());
      for (const child of children) {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
    },
  };
}
