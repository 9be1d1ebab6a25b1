import { expect, it } from "@jest/globals";
import { farHost } from "./support/far";
import { TestServer } from "./support/server";
import { open } from "./support/session";

it("a host far away is reached, though its name has an address that is dead", async () => {
  await using server = await TestServer.start();
  await using far = await farHost(server.port);
  const where = { ...server.connection(), host: far.name, port: far.port };
  await using session = await open(where);
  expect(session.hostKey).toBe(server.hostKeys[0]!.public);
});
