/** The lab's line in this machine's /etc/hosts: the package calls the control server by name from here. */
import { readFile, writeFile } from "node:fs/promises";
import { withLock } from "../system/lock";

const HOSTS_FILE = "/etc/hosts";

/** The text without the lines that end with `marker`, and with `line` (if any) in their place, at the end. */
export function editHosts(text: string, marker: string, line?: string): string {
  const kept = text.split("\n").filter((each) => !each.endsWith(` ${marker}`));
  while (kept.at(-1) === "") kept.pop();
  if (line !== undefined) kept.push(`${line} ${marker}`);
  return kept.length === 0 ? "" : `${kept.join("\n")}\n`;
}

/** Gives `name` the address on this machine, or takes the marked line away when no entry is given. */
export async function setHostsEntry(
  marker: string,
  entry?: { address: string; name: string },
): Promise<void> {
  await withLock("etc-hosts", async () => {
    const before = await readFile(HOSTS_FILE, "utf8");
    const after = editHosts(before, marker, entry && `${entry.address} ${entry.name}`);
    // In place: where /etc/hosts is a mounted file it cannot be replaced by renaming.
    if (after !== before) await writeFile(HOSTS_FILE, after);
  });
}
