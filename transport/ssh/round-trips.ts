/** Counts how often a connection waited for its host, for the trace. */
import type { Duplex } from "node:stream";

/**
 * How many round trips the stream has taken so far: that it opened, and each time that something came after something was sent.
 * What comes unasked after that counts as one, too: it is never less than what was waited for.
 */
export function countRoundTrips(stream: Duplex): () => number {
  let roundTrips = 1;
  let sent = false;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    sent = true;
    return write(...args);
  };
  stream.on("data", () => {
    if (sent) roundTrips++;
    sent = false;
  });
  return () => roundTrips;
}
