/** Pure: what the newest version of a repository or folder must not be below, since nobody asked for a downgrade. */
import semver from "semver";
import type { HostFacts } from "../probe/facts";
import type { InstallSettings } from "./way";

/** The higher one of `min_version` and of what is there; empty when neither is known, or when `version` says it all. */
export function findFloor({ client }: Pick<HostFacts, "client">, install: InstallSettings): string {
  const { version, min_version } = install;
  if (version !== undefined) return "";
  const known = [min_version, client?.version].filter((each) => each !== undefined && each !== "");
  return known.sort((a, b) => semver.rcompare(a!, b!))[0] ?? "";
}
