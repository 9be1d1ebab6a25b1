/** Connections of one process, of which the environment allows six. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { CONNECTIONS_VARIABLE } from "../../../transport/most-connections";
import { takeSlot } from "../../../transport/slots";
import { eventually } from "../../support/eventually";
import { TestServer } from "./support/server";
import { mustFail, open } from "./support/session";

const MAX_CONNECTIONS = 6;
beforeAll(async () => {
  // The bound of this process is made by its first connection.
  (await takeSlot({ env: { [CONNECTIONS_VARIABLE]: String(MAX_CONNECTIONS) } }))();
});

describe("connections of one process", () => {
  it("are bounded; the next one waits until one is closed", async () => {
    await using server = await TestServer.start();
    let [here, most] = [0, 0];
    const work = Array.from({ length: MAX_CONNECTIONS + 8 }, async () => {
      const session = await open(server.connection());
      most = Math.max(most, ++here);
      await session.exec(["sleep", "0.05"], { label: "probe" });
      here--;
      await session.close();
    });
    await Promise.all(work);
    expect(server.accepted).toBe(MAX_CONNECTIONS + 8);
    expect(most).toBe(MAX_CONNECTIONS);
  });

  it("give their place back when the dial fails", async () => {
    for (let round = 0; round <= MAX_CONNECTIONS; round++)
      await mustFail(open({ host: "127.0.0.1", port: 1, password: "unused", dialErrorLimit: 0 }));
  });

  it("stop waiting when the caller gives up, without taking the place", async () => {
    const held = await takeAll();
    const connection = { host: "127.0.0.1", port: 1, password: "unused", dialErrorLimit: 0 };
    expect((await mustFail(open(connection, { signal: AbortSignal.timeout(50) }))).kind).toBe("timed-out");
    const next = takeSlot();
    held[0]!();
    (await next)();
    held.forEach((release) => release());
    (await takeAll()).forEach((release) => release());
  });

  it("say that they wait for one, and dial from then on", async () => {
    await using server = await TestServer.start();
    const held = await takeAll();
    const messages: string[] = [];
    const work = open(server.connection(), { progress: (message) => messages.push(message) });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(messages).toEqual(["waiting for a free connection"]);
    held.forEach((release) => release());
    await using _session = await work;
    expect(messages).toEqual(["waiting for a free connection", "connecting"]);
  });

  it("keep their place while they connect again, though others wait for one", async () => {
    await using server = await TestServer.start();
    const others = await Promise.all(Array.from({ length: MAX_CONNECTIONS - 1 }, () => takeSlot()));
    await using session = await open(server.connection());
    const late = takeSlot();
    await session.reconnect({ signal: AbortSignal.timeout(5_000) });
    expect(await session.exec(["echo", "here"], { label: "confirm" })).toMatchObject({ stdout: "here\n" });
    await session.close();
    [...others, await late].forEach((release) => release());
  });

  it("keep their place when connecting again fails, until they are closed", async () => {
    const server = await TestServer.start();
    const others = await Promise.all(Array.from({ length: MAX_CONNECTIONS - 1 }, () => takeSlot()));
    await using session = await open(server.connection());
    await server[Symbol.asyncDispose]();
    expect((await mustFail(session.reconnect())).kind).toBe("host-unreachable");
    await expect(takeSlot({ signal: AbortSignal.timeout(60) })).rejects.toThrow("timeout");
    await session.close();
    [...others, await takeSlot()].forEach((release) => release());
  });

  it("are closed, and give their place back, without a wait for the host", async () => {
    await using server = await TestServer.start();
    await using line = await heldLine(server.port);
    const others = await Promise.all(Array.from({ length: MAX_CONNECTIONS - 1 }, () => takeSlot()));
    const session = await open({ ...server.connection(), port: line.port });
    line.hold();
    await session.close();
    [...others, await takeSlot()].forEach((release) => release());
    expect(server.open).toBe(1);
    line.letGo();
    await eventually(() => expect(server.open).toBe(0), { timeout: 5_000 });
  });

  it("lend their place to others between two dials of a host that boots", async () => {
    await using server = await TestServer.start();
    const giveUp = new AbortController();
    const nobody = { host: "127.0.0.1", port: 1, password: "unused" };
    const booting = Array.from({ length: MAX_CONNECTIONS }, () =>
      mustFail(open(nobody, { operation: "create", signal: giveUp.signal })),
    );
    await using session = await open(server.connection(), { signal: AbortSignal.timeout(10_000) });
    expect(await session.exec(["echo", "here"], { label: "probe" })).toMatchObject({ stdout: "here\n" });
    giveUp.abort();
    await Promise.all(booting);
    await session.close();
    (await takeAll()).forEach((release) => release());
  });

  it("give their place back once, however often they are closed", async () => {
    const held = await takeAll();
    held[0]!();
    held[0]!();
    const next = await takeSlot();
    await expect(takeSlot({ signal: AbortSignal.timeout(60) })).rejects.toThrow("timeout");
    [...held, next].forEach((release) => release());
  });
});

/** The way to a server, on which everything can be held up. */
async function heldLine(port: number) {
  let held: (() => void)[] | undefined;
  const pass = (step: () => void) => (held === undefined ? step() : void held.push(step));
  const carry = (from: Socket, to: Socket) =>
    from
      .on("data", (data) => pass(() => to.write(data)))
      .on("end", () => pass(() => to.end()))
      .on("error", () => to.destroy());
  const line = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    carry(near, far);
    carry(far, near);
  }).listen(0, "127.0.0.1");
  await once(line, "listening");
  return {
    port: (line.address() as AddressInfo).port,
    hold: () => void (held = []),
    letGo() {
      const steps = held ?? [];
      held = undefined;
      steps.forEach((step) => step());
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => line.close(() => resolve())),
  };
}

function takeAll() {
  return Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => takeSlot()));
}
