import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "@jest/globals";
import { openHttp } from "../../../providers/control-server/http";
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

it("an API far away is reached, though its name has an address that is dead", async () => {
  await using server = createServer((_request, response) => response.end('"pong"')).listen(0, "127.0.0.1");
  await once(server, "listening");
  await using far = await farHost((server.address() as AddressInfo).port);
  const http = openHttp({
    service: "the API",
    baseUrl: `http://${far.name}:${far.port}`,
    host: "web-1",
    signal: new AbortController().signal,
    unreachableRemedy: "Look.",
    secrets: new Set(),
  });
  expect(await http.send({ method: "GET", path: "/" })).toMatchObject({ status: 200, value: "pong" });
});
