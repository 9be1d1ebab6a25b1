import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parsePrivateKey } from "../../../transport/ssh/private-key";
import { makeHome } from "./support/home";
import { makeEncryptedKey, makeKey } from "./support/keys";

/** What is wrong with the key, or the public key that belongs to it. */
function look(text: string, passphrase?: string): string {
  const result = parsePrivateKey(text, passphrase);
  return result.ok ? result.key.getPublicSSH().toString("base64") : result.problem;
}

const hasKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

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

describe("a key of openssl ecparam -genkey", () => {
  it("is read though its curve stands before it", () => {
    const { privateKey, publicKey } = generate.ecdsa();
    const text = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${privateKey.export({ type: "sec1", format: "pem" }).toString()}`;
    const result = parsePrivateKey(text, undefined);
    expect(result.ok && result.key.getPublicPEM().trim()).toBe(
      publicKey.export({ type: "spki", format: "pem" }).toString().trim(),
    );
  });
});

(hasKeygen ? describe : describe.skip)("a key that OpenSSH can use and this client cannot", () => {
  it("is told with its cipher", () => {
    using home = makeHome();
    const path = home.at("key");
    const cipher = "chacha20-poly1305@openssh.com";
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-Z", cipher, "-f", path]);
    expect(parsePrivateKey(readFileSync(path, "utf8"), "secret")).toEqual({
      ok: false,
      problem: "cipher",
      name: cipher,
    });
  });

  it("is told with its type", () => {
    const text = (content: string) =>
      Buffer.from(`\0\0\0${String.fromCharCode(content.length)}${content}`, "latin1");
    const type = "sk-ssh-ed25519@openssh.com";
    const parts = ["none", "none", ""].map(text);
    const key = Buffer.concat([
      Buffer.from("openssh-key-v1\0"),
      ...parts,
      Buffer.from([0, 0, 0, 1]),
      text(text(type).toString("latin1")),
    ]);
    const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${key.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(parsePrivateKey(pem, undefined)).toEqual({ ok: false, problem: "type", name: type });
    expect(parsePrivateKey("PuTTY-User-Key-File-3: ssh-ed25519\n", undefined)).toMatchObject({
      name: "PuTTY 3",
    });
  });

  it("is told when it is a certificate", () => {
    using home = makeHome();
    const [ca, key] = [home.at("ca"), home.at("key")];
    for (const path of [ca, key]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    execFileSync("ssh-keygen", ["-q", "-s", ca, "-I", "me", "-n", "root", `${key}.pub`]);
    expect(look(readFileSync(`${key}-cert.pub`, "utf8"))).toBe("certificate");
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
