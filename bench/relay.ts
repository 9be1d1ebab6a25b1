/**
 * A far network on this machine: a TCP relay that holds each piece back, in both directions. One process; each port leads to one
 * of the targets, in turn. Its arguments: milliseconds each way, the first port, how many ports, the targets (`host:port`). It ends
 * with its standard input: whoever started it may be killed.
 */
import { connect, createServer, type Socket } from "node:net";

const [delay = "0", first = "20000", count = "1", ...targets] = process.argv.slice(2);
const eachWay = Number(delay);

/** Passes on what comes, later, and its end in the same order. */
function passOn(from: Socket, to: Socket): void {
  const later = (work: () => void) => (eachWay === 0 ? work() : setTimeout(work, eachWay));
  from
    .on("data", (piece: Buffer) => later(() => to.write(piece)))
    .on("end", () => later(() => to.end()))
    .on("error", () => to.destroy())
    .on("close", () => later(() => to.destroy()));
}

function serve(port: number, target: string): Promise<void> {
  const [host = "", targetPort = "22"] = target.split(":");
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    process.stdout.write(`connected ${port} ${Date.now()}\n`);
    const far = connect({ host, port: Number(targetPort), allowHalfOpen: true, noDelay: true });
    passOn(near, far);
    passOn(far, near);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", 1024, resolve));
}

process.stdin.resume().on("end", () => process.exit());

const ports = Array.from({ length: Number(count) }, (_, at) => Number(first) + at);
void Promise.all(ports.map((port, at) => serve(port, targets[at % targets.length]!))).then(() =>
  process.stdout.write("ready\n"),
);
