/** The os-release of a host, written in one line. */
import { parseFacts } from "../../../providers/tailnet/probe/facts";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { probeOutput } from "./probe-output";

const KEYS: Readonly<Record<string, string>> = {
  codename: "VERSION_CODENAME",
  ubuntu: "UBUNTU_CODENAME",
  debian: "DEBIAN_CODENAME",
  like: "ID_LIKE",
  name: "NAME",
};

/** The file's text for `ID VERSION_ID codename=...`; a plus sign is a space. */
export function osRelease(line: string): string {
  const [id, ...rest] = line.split(" ");
  const assignments = rest.map((part) => {
    const [key = "", value] = part.split("=");
    return value === undefined ? `VERSION_ID="${key}"` : `${KEYS[key]}="${value.replaceAll("+", " ")}"`;
  });
  return [`ID="${id}"`, ...assignments].join("\n");
}

/** What the probe tells of a host with that os-release and no client. */
export function factsOf(line: string, facts: Record<string, string> = {}) {
  return parseFacts(
    "web-1",
    parseSections(probeOutput({ withoutClient: true, os: osRelease(line), facts }), ""),
  );
}
