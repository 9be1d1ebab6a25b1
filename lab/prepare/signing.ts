/** Signs the package mirror with a key of its own, which exists only while the mirror is made. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../error";
import { mustRun, run } from "../system/command";

export interface Signer {
  /** The armored secret key, for programs that sign by themselves. */
  readonly secretKeyFile: string;
  /** Writes the public key, binary or armored. */
  exportKey(file: string, armored: boolean): Promise<void>;
  /** Writes InRelease and Release.gpg beside the given Release file. */
  signRelease(release: string): Promise<void>;
  /** Writes a signature of `file` into another file, binary unless told otherwise. */
  signDetached(file: string, signature: string, armored?: boolean): Promise<void>;
}

/** The fingerprint of the first key in the output of `gpg --with-colons`. */
export function parseFingerprint(listing: string): string {
  const line = listing.split("\n").find((each) => each.startsWith("fpr:"));
  const fingerprint = line?.split(":")[9];
  if (fingerprint === undefined || !/^[0-9A-F]{40}$/.test(fingerprint)) throw new LabError("gpg made no key");
  return fingerprint;
}

export async function withSigner<T>(work: (signer: Signer) => Promise<T>): Promise<T> {
  // A short path: the agent's socket lies in it, and a socket's path has at most 108 characters.
  const home = await mkdtemp(join(tmpdir(), "gpg-"));
  const gpg = [
    "gpg",
    "--homedir",
    home,
    "--batch",
    "--yes",
    "--quiet",
    "--pinentry-mode",
    "loopback",
    "--passphrase",
    "",
  ];
  try {
    await mustRun([...gpg, "--quick-generate-key", "pulumi-mesh lab packages", "rsa3072", "sign", "never"]);
    const fingerprint = parseFingerprint(await mustRun([...gpg, "--with-colons", "--list-keys"]));
    const secretKeyFile = join(home, "secret.asc");
    await mustRun([...gpg, "--armor", "--output", secretKeyFile, "--export-secret-keys", fingerprint]);
    const signDetached = async (file: string, signature: string, armored = false) => {
      await mustRun([...gpg, ...(armored ? ["--armor"] : []), "--output", signature, "--detach-sign", file]);
    };
    return await work({
      secretKeyFile,
      signDetached,
      async exportKey(file, armored) {
        await mustRun([...gpg, ...(armored ? ["--armor"] : []), "--output", file, "--export", fingerprint]);
      },
      async signRelease(release) {
        const text = await readFile(release, "utf8");
        const inRelease = await mustRun([...gpg, "--clearsign"], { stdin: text });
        await writeFile(join(release, "..", "InRelease"), inRelease);
        await signDetached(release, `${release}.gpg`, true);
      },
    });
  } finally {
    await run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"]);
    await rm(home, { recursive: true, force: true });
  }
}
