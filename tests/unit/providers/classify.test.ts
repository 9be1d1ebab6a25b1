/** What a failed login printed, as a kind of error with a remedy. */
import { expect, it } from "@jest/globals";
import { classifyLogin } from "../../../providers/tailnet/probe/classify";

it.each([
  'timeout waiting for Tailscale service to enter a Running state\nYou are logged out. The last login error was: register request: Post "https://h.lab/machine/register": all connection attempts failed (HTTP: unexpected HTTP response: 400 Bad Request, HTTPS: unexpected HTTP response: 400 Bad Request)',
  "unexpected HTTP response: 200 OK",
])("a proxy without Upgrade is the reverse proxy's fault, whatever timed out over it (%#)", (text) => {
  const error = classifyLogin("web-1", text, []);
  expect(error).toMatchObject({ kind: "control-server" });
  expect(error.remedy).toMatch(/reverse proxy .* Upgrade and Connection/);
});

it("quotes the client once, without escapes and secrets, cut after both are out", () => {
  const key = "hskey-auth-canary-0123456789";
  const line = `\u001b[31m${"x".repeat(390)}${key}`;
  const { message } = classifyLogin("web-1", `${line}\n${line}\n`, [key]);
  expect(message).not.toMatch(/canary|hskey/);
  expect(message).not.toContain("\u001b");
  expect(message.match(/x{390}/g)).toHaveLength(1);
});
