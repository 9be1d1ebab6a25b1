import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { parsePrivateKey } from "../../../transport/ssh/private-key";
import { makeEncryptedKey, makeKey } from "./support/keys";

/** What is wrong with the key, or the public key that belongs to it. */
function look(text: string, passphrase?: string): string {
  const result = parsePrivateKey(text, passphrase);
  return result.ok ? result.key.getPublicSSH().toString("base64") : result.problem;
}

const generate = {
  ed25519: () => generateKeyPairSync("ed25519"),
  rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ecdsa: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

describe.each(Object.entries(generate))(
  "a PKCS #8 key as Pulumi's tls package makes it (%s)",
  (_type, make) => {
    it("is read, and signs what its public key verifies", () => {
      const { privateKey, publicKey } = make();
      const result = parsePrivateKey(
        privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        undefined,
      );
      if (!result.ok) throw new Error(result.problem);
      expect(publicKey.export({ type: "spki", format: "pem" })).toBe(
        result.key.getPublicPEM().replace(/\n?$/, "\n"),
      );
      const signature = result.key.sign(Buffer.from("challenge"));
      expect(result.key.verify(Buffer.from("challenge"), signature)).toBe(true);
    });

    it("is read when it is encrypted, with the right passphrase only", () => {
      const options = {
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "open sesame",
      } as const;
      const text = make().privateKey.export(options).toString();
      expect(look(text)).toBe("locked");
      expect(look(text, "wrong")).toBe("wrong-passphrase");
      expect(look(text, "open sesame")).toMatch(/^AAAA/);
    });
  },
);

describe("an OpenSSH key", () => {
  it("may have other line ends, and white space around it", () => {
    const key = makeKey();
    const base64 = key.public.split(" ")[1]!;
    expect(look(key.private)).toBe(base64);
    expect(look(`\n  ${key.private.replaceAll("\n", "\r\n")}\n\n`)).toBe(base64);
  });

  it("needs its passphrase when it is encrypted", () => {
    const key = makeEncryptedKey("open sesame");
    expect(look(key.private)).toBe("locked");
    expect(look(key.private, "wrong")).toBe("wrong-passphrase");
    expect(look(key.private, "open sesame")).toBe(key.public.split(" ")[1]);
  });
});

describe("what is no private key", () => {
  it.each([
    ["a public key", makeKey().public, "public"],
    ["nonsense", "nonsense", "unreadable"],
    ["nothing", "", "unreadable"],
    ["a cut key", makeKey().private.slice(0, 200), "unreadable"],
    [
      "a key of another use",
      generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      "unreadable",
    ],
  ])("is told: %s", (_name, text, problem) => {
    expect(look(text)).toBe(problem);
  });
});
