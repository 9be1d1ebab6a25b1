/** Pure: how the client came on a host, for people. */
import type { HostFacts } from "../probe/facts";

/**
 * `apt repository`, `dnf repository`, `pacman`, `static tarball`, `pushed tarball`, ... and `, userspace networking` where
 * there is no network device; undefined for a client of unknown origin.
 */
export function installedBy({ origin, managers, status }: HostFacts): string | undefined {
  const way = wayOf(origin, managers);
  return way === undefined || status?.TUN !== false ? way : `${way}, userspace networking`;
}

function wayOf({ package: kind, linked, record }: HostFacts["origin"], managers: readonly string[]) {
  if (linked) return record ?? "static tarball";
  if (kind === "deb") return "apt repository";
  if (kind === "rpm") {
    const manager = ["zypper", "dnf", "yum", "tdnf"].find((each) => managers.includes(each));
    return manager === undefined ? "rpm" : `${manager} repository`;
  }
  return kind;
}
