import { Duplex } from "node:stream";
import { expect, it } from "@jest/globals";
import { countRoundTrips } from "../../../transport/ssh/round-trips";

/** A stream whose other end says only what it is told to. */
const quiet = () => new Duplex({ read: () => undefined, write: (_piece, _encoding, done) => done() });

/** What came has been read. */
const read = () => new Promise((resolve) => setImmediate(resolve));

it("a round trip is an answer to what was sent, in however many pieces either went", async () => {
  const stream = quiet();
  const roundTrips = countRoundTrips(stream);
  stream.push("what the host says first");
  await read();
  expect(roundTrips()).toBe(1); // that it opened
  stream.write("a question");
  stream.write("its second half");
  expect(roundTrips()).toBe(1);
  stream.push("the answer");
  await read();
  stream.push("its second half");
  await read();
  expect(roundTrips()).toBe(2);
  stream.write("a question");
  stream.push("the answer");
  await read();
  expect(roundTrips()).toBe(3);
});
