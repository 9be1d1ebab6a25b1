import { expect, it } from "@jest/globals";
import { findConnectionIssues } from "../../../transport";
import { UNKNOWN } from "../../../validation";
import { makeHome } from "./support/home";
import { makeEncryptedKey, makeKey } from "./support/keys";

const host = "203.0.113.7";

it("a connection's keys and agent are looked at before any dial, those of the jump host too", async () => {
  using home = makeHome();
  const pub = home.write(".ssh/id.pub", makeKey().public);
  const proxy = { host, privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA" };
  const hop = { privateKeyPath: "~/.ssh/none", agentSocketPath: "~/agent.sock" };
  const issues = await findConnectionIssues({ host, ...hop, proxy }, home.env);
  const beside = await findConnectionIssues({ host, privateKeyPath: pub }, home.env);
  expect([...issues, ...beside].map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
    expect.stringMatching(
      /^privateKeyPath: cannot read the private key file ~\/\.ssh\/none: ENOENT.*Correct/,
    ),
    expect.stringMatching(/^agentSocketPath: there is no SSH agent at ~\/agent\.sock\. Start the agent/),
    expect.stringMatching(/^proxy\.privateKey: the private key is not a private key that can be read/),
    expect.stringMatching(/^privateKeyPath: the private key file \S+ is a public key\. .*without \.pub/),
  ]);
});

it("a key without its passphrase is a mistake, one with a passphrase is not opened", async () => {
  const privateKey = makeEncryptedKey("open sesame").private;
  expect(await findConnectionIssues({ host, privateKey })).toMatchObject([{ path: ["privateKey"] }]);
  expect(await findConnectionIssues({ host, privateKey, privateKeyPassword: "not tried" })).toEqual([]);
});

it("what can be used, is unknown at preview or is this machine has no mistake", async () => {
  using home = makeHome();
  home.write("key", makeKey().private);
  const unknown = { privateKey: UNKNOWN, privateKeyPath: UNKNOWN, agentSocketPath: UNKNOWN };
  expect(await findConnectionIssues({ host, privateKeyPath: "~/key" }, home.env)).toEqual([]);
  expect(await findConnectionIssues({ host, ...unknown, proxy: UNKNOWN as never }, home.env)).toEqual([]);
  expect(await findConnectionIssues("local")).toEqual([]);
});
