/** Which versions of Headscale can have a node's key never expire: an older one would expire it at once. */
import semver from "semver";
import type { HttpClient } from "../control-server/http";
import { versionSchema } from "./wire";

const SINCE = "0.29.0";

/** Throws invalid-config for an older version, and for one that does not say which it is. */
export async function mustDisableExpiry(http: HttpClient): Promise<void> {
  const answer = await http.send({ method: "GET", path: "/version" });
  const told = versionSchema.safeParse(answer.value).data?.version ?? "";
  const version = answer.ok ? semver.coerce(told) : null;
  if (version !== null && semver.gte(version, SINCE)) return;
  throw http.error(
    "invalid-config",
    `Headscale ${version?.version ?? "of an unknown version"} cannot have a node's key never expire, which keyExpiry asks for: 0.29 can`,
    "Upgrade Headscale, give the node a tag (keys of tagged nodes do not expire), or leave out keyExpiry.",
  );
}
