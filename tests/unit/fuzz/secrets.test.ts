/** Fuzz: secrets never get into a text, and a join with a host that prints anything throws nothing but MeshErrors. */
import { inspect } from "node:util";
import fc from "fast-check";
import { expect } from "@jest/globals";
import { redact } from "../../../errors";
import { createContext } from "../../../providers";
import { classifyLogin } from "../../../providers/tailnet/probe/classify";
import { headscale } from "../../../providers/headscale";
import { tailscale } from "../../../providers/tailscale";
import { failureOf, secretsOf } from "../../../transport/failure";
import { fakeSession, type FakeSession } from "../providers/fake-session";
import { mutatedOutput } from "./probe-arbitraries";
import { canary, meshErrorOf, nastyText, property } from "./support";

const secrets = fc.array(canary, { minLength: 1, maxLength: 4 });
/** Text with every secret in it, some twice. */
const leaky = fc
  .tuple(secrets, fc.array(nastyText, { minLength: 5, maxLength: 9 }))
  .map(([keys, parts]) => ({
    keys,
    text: parts.map((part, index) => part + keys[index % keys.length]!).join(""),
  }));

property("redaction removes every secret", { values: leaky, share: 30 }, ({ keys, text }) => {
  const shown = redact(text, keys);
  for (const key of keys) expect(shown).not.toContain(key);
});

property(
  "an error of the transport shows no secret of the connection",
  { values: leaky, share: 15 },
  ({ keys, text }) => {
    const [password, privateKey = password!, privateKeyPassword = password!] = keys;
    const connection = {
      host: "h",
      password,
      proxy: { host: "j", privateKey, privateKeyPassword, password: keys[3] },
    };
    const error = failureOf(
      "web-1",
      secretsOf(connection),
    )({ kind: "host-unreachable", message: text, remedy: text, cause: new Error(text) });
    const shown = inspect(error, { depth: 9 });
    for (const key of keys) expect(shown).not.toContain(key);
  },
);

property(
  "a failed login becomes an error without the key",
  { values: leaky, share: 15 },
  ({ keys, text }) => {
    const { message } = classifyLogin("web-1", text, keys);
    for (const key of keys) expect(message).not.toContain(key);
  },
);

const outputs = fc.array(mutatedOutput, { minLength: 9, maxLength: 9 });
const CONFIG = { tailnet_domain: "demo.mesh", auth_key_env: "KEY" };
const PROVIDERS = [
  [tailscale, CONFIG],
  [headscale, { ...CONFIG, login_server: "https://headscale.demo.lab" }],
] as const;

/** Plays the outputs; once the host got the key, every output repeats it, on both streams. */
function chattySession(printed: readonly string[], key: string): FakeSession {
  const session = fakeSession(...printed);
  const exec: FakeSession["exec"] = async (argv, options) => {
    const result = await session.exec(argv, options);
    if (!session.calls.some(({ stdin }) => stdin !== undefined)) return result;
    const stdout = result.stdout.replaceAll(/\n(?=#[a-z0-9-]*:)/g, `\n${key}\n`);
    return { ...result, stdout, stderr: key };
  };
  return { ...session, exec };
}

property(
  "a join, whatever the host prints, ends as a node or a MeshError, with the key on stdin only",
  {
    values: fc.tuple(outputs, canary, fc.constantFrom(...PROVIDERS), fc.constantFrom("fail", "move")),
    share: 40,
  },
  async ([printed, key, [provider, config], onTailnetMismatch]) => {
    const session = chattySession(printed, key);
    const said: string[] = [];
    const ctx = createContext(session, { env: { KEY: key }, progress: (message) => said.push(message) });
    const options = { host: "web-1", config, tags: ["tag:app"], onTailnetMismatch } as const;
    const joined = await meshErrorOf(async () => {
      await provider.ensureInstalled(ctx, options);
      await provider.ensureJoined(ctx, options);
    });
    const shown = [
      inspect(joined?.message),
      ...said,
      ...session.calls.map(({ args }) => args.join(" ")),
    ].join("\n");
    expect(shown).not.toContain(key);
  },
);
