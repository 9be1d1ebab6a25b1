/** What a host's disk holds, before and after: that nothing changed, and that nothing was left. */
import type { TestHost } from "./host";

/** Path to what is known of it. */
export type Listing = ReadonlyMap<string, string>;

/** No files of the host's own. */
const PRUNED = ["/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/srv"];

/** Change by themselves while somebody logs in and a daemon runs. */
const RESTLESS = [
  ...["/var/log", "/var/lib/tailscale", "/var/lib/systemd", "/var/lib/sudo", "/var/cache", "/home"],
  "/var/lib/rpm/rpmdb.sqlite-shm", // written by whoever asks rpm a question
];

/** Where package managers and others keep what they know of packages, services and users they once had: not ours to clear. */
const RECORDS = [
  ...["/var/lib/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/lib/dnf", "/var/lib/zypp", "/var/lib/YaST2"],
  ...["/var/lib/pacman", "/var/lib/systemd", "/var/lib/sudo", "/var/cache", "/var/log", "/root/.config"],
  ...["/home/admin/.sudo_as_admin_successful", "/etc/shadow-", "/etc/pacman.d/gnupg"],
  "/etc/runit/runsvdir/default/.forced-rescan",
];

/** Folders that every real system with rpm has, and that our hosts begin without. */
const FOLDERS = ["/etc/pki", "/etc/pki/rpm-gpg", "/etc/zypp/repos.d"];

const within = (folders: readonly string[]) => (path: string) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** Every file: type and mode, size, time of the last change, and where a link leads. */
export async function listFiles(host: TestHost): Promise<Listing> {
  const prune = PRUNED.map((path) => `-path ${path}`).join(" -o ");
  const output = await host.must(`find / -xdev \\( ${prune} \\) -prune -o -printf '%p\\t%y%m %s %T@ %l\\n'`);
  return new Map(output.split("\n").map((line) => line.split("\t") as [string, string]));
}

/** Paths that came, went or changed between the two. */
export function changes(before: Listing, after: Listing): readonly string[] {
  const restless = within(RESTLESS);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !restless(path));
  return paths.filter((path) => before.get(path) !== after.get(path)).sort();
}

/** A link of a runlevel without its number: whoever adds or removes a service makes insserv give new ones to all. */
const unnumbered = (path: string) => path.replace(/^(\/etc\/rc[0-6S]\.d\/[SK])\d\d/, "$1");

/** Paths that are there now and were not; in the package managers' own records only those that name the client. */
export function leftovers(before: Listing, after: Listing): readonly string[] {
  const recorded = within(RECORDS);
  const logged = within(["/var/log"]);
  const known = new Set([...before.keys()].map(unnumbered));
  return [...after.keys()]
    .map(unnumbered)
    .filter((path) => !known.has(path) && !logged(path) && !FOLDERS.includes(path))
    .filter((path) => !recorded(path) || /tailscale/i.test(path))
    .sort();
}

/** Files of /etc that were there before and are not as they were: in size, mode or target. */
export function altered(before: Listing, after: Listing): readonly string[] {
  const recorded = within(RECORDS);
  const shape = (entry: string | undefined) => entry?.replace(/ \d+\.\d+ /, " ");
  return [...before]
    .filter(([path, entry]) => path.startsWith("/etc/") && entry.startsWith("f") && !recorded(path))
    .filter(([path, entry]) => shape(after.get(path)) !== shape(entry))
    .map(([path]) => path)
    .sort();
}
