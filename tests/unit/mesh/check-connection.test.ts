/** What preview says of a connection, beside what its schema says. */
import { expect, it } from "@jest/globals";
import { check } from "../../../mesh/handlers";
import { UNKNOWN } from "../../../validation";

const failuresOf = async (connection: unknown) => {
  const config = { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" };
  const inputs = {
    name: "web-1",
    fqdn: "web-1.mesh.example.com",
    provider: "headscale",
    config,
    tags: [],
    flags: {},
  };
  return (await check({}, { ...inputs, connection })).failures;
};

it("a key file that is not there is reported at its place", async () => {
  const proxy = { host: "203.0.113.1", agentSocketPath: "/no/agent" };
  expect(await failuresOf({ host: "203.0.113.7", privateKeyPath: "/no/key", proxy })).toEqual([
    {
      property: "args",
      reason: expect.stringMatching(/^connection\.privateKeyPath: cannot read .*\/no\/key/),
    },
    {
      property: "args",
      reason: expect.stringMatching(/^connection\.proxy\.agentSocketPath: there is no SSH agent/),
    },
  ]);
});

it("a host that is more than an address is reported with the right form", async () => {
  expect(await failuresOf({ host: "admin@203.0.113.7" })).toEqual([
    {
      property: "args",
      reason: 'connection.host: is more than an address; write host: "203.0.113.7", user: "admin"',
    },
  ]);
});

it("what is unknown, or this machine, is no mistake", async () => {
  expect(await failuresOf(UNKNOWN)).toEqual([]);
  expect(await failuresOf({ host: UNKNOWN, privateKeyPath: UNKNOWN })).toEqual([]);
  expect(await failuresOf("local")).toEqual([]);
});
