/** The host-key policy, as options of the system's own ssh and a known_hosts file that belongs to one session. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Expectation } from "../ssh/expected-key";
import { describeHostKey, parseHostKey } from "../ssh/host-key";
import { asOptions, quote } from "./options";

export interface Expected extends Expectation {
  /** The user's own known_hosts, authority or command decide. */
  readonly byUser: boolean;
  /** A command of the user's knows host keys, too. */
  readonly asksCommand: boolean;
}

/** How ssh is to check the host's key. */
export interface Trust {
  readonly options: readonly string[];
  /** The key that was shown, told by what ssh says about the connection (`-v`); undefined for a certificate. */
  readonly readKey: (log: string) => Promise<string | undefined>;
}

/**
 * Where the user's own known_hosts know the host, or a certificate authority for it, ssh goes by them. Else by a file in
 * `folder`: the key that was given or pinned, or, on first contact, the one that ssh then records there. Keys that the
 * user's files revoke are revoked there as well. `userFiles` are other files than ssh would look in.
 */
export async function prepareTrust(
  expected: Expected,
  folder: string,
  userFiles: readonly string[] | undefined,
): Promise<Trust> {
  if (expected.byUser || (expected.source === "none" && expected.policy === "strict")) {
    const readKey = (log: string) => Promise.resolve(findShown(expected.keys, log));
    const files = userFiles === undefined ? [] : filesOf(userFiles);
    return { options: asOptions(["StrictHostKeyChecking=yes", ...files]), readKey };
  }
  const file = join(folder, "known_hosts");
  const lines = [
    ...expected.revoked.map((key) => `@revoked * ${key}\n`),
    ...expected.keys.map((key) => `* ${key}\n`),
  ];
  await writeFile(file, lines.join(""), { mode: 0o600 });
  const checking = expected.source === "none" ? "accept-new" : "yes";
  const settings = [
    ...filesOf([file]),
    // Older ones do not know it.
    ...(expected.asksCommand ? ["KnownHostsCommand=none"] : []),
    "VerifyHostKeyDNS=no",
    `StrictHostKeyChecking=${checking}`,
  ];
  const readKey = async (log: string) =>
    expected.source === "none" ? await readRecorded(file) : findShown(expected.keys, log);
  return { options: asOptions(settings), readKey };
}

function filesOf(files: readonly string[]): string[] {
  const list = files.length === 0 ? "/dev/null" : files.map(quote).join(" ");
  return [`UserKnownHostsFile=${list}`, "GlobalKnownHostsFile=/dev/null"];
}

/** Pure: `ssh-ed25519 SHA256:...` of the key that the host showed last; a jump host's come before it. */
export function shownIn(log: string): string | undefined {
  return [...log.matchAll(/Server host key: (\S+ SHA256:\S+)/g)].at(-1)?.[1];
}

function findShown(keys: readonly string[], log: string): string | undefined {
  const shown = shownIn(log);
  return keys.find((key) => describeHostKey(key) === shown);
}

async function readRecorded(file: string): Promise<string | undefined> {
  const line = (await readFile(file, "utf8"))
    .split("\n")
    .find((text) => text !== "" && !text.startsWith("@"));
  return line === undefined ? undefined : parseHostKey(line.slice(line.indexOf(" ") + 1));
}
