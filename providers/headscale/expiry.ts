/** What a version of Headscale makes of the expiry of a node's key: an older one expires it at once, whatever it is asked. */
import semver from "semver";
import type { HttpClient } from "../control-server/http";
import { versionSchema } from "./wire";

const SINCE = { disabled: "0.29.0", extended: "0.27.0" };

/** What Headscale itself gives a key by default that comes with a login by OIDC; those of other logins it lets never expire. */
const EXTENDED_DAYS = 180;

/** Throws invalid-config for an older version, and for one that does not say which it is. */
export async function mustDisableExpiry(http: HttpClient): Promise<void> {
  const version = await versionOf(http);
  if (version !== null && semver.gte(version, SINCE.disabled)) return;
  throw http.error(
    "invalid-config",
    `Headscale ${version?.version ?? "of an unknown version"} cannot have a node's key never expire, which keyExpiry asks for: 0.29 can`,
    "Upgrade Headscale, give the node a tag (keys of tagged nodes do not expire), or leave out keyExpiry.",
  );
}

/** The same for a later expiry. */
export async function mustExtend(http: HttpClient): Promise<void> {
  const version = await versionOf(http);
  if (version !== null && semver.gte(version, SINCE.extended)) return;
  throw http.error(
    "invalid-config",
    `Headscale ${version?.version ?? "of an unknown version"} is not known to let a node's key be good for longer, which renewKey asks for: 0.27 does`,
    "Upgrade Headscale, give the node a tag (keys of tagged nodes do not expire), or leave out renewKey.",
  );
}

/** RFC 3339, to the second. */
export function extendedExpiry(now = new Date()): string {
  return new Date(now.getTime() + EXTENDED_DAYS * 24 * 60 * 60 * 1000).toISOString().replace(/\.\d+/, "");
}

async function versionOf(http: HttpClient): Promise<semver.SemVer | null> {
  const answer = await http.send({ method: "GET", path: "/version" });
  const told = versionSchema.safeParse(answer.value).data?.version ?? "";
  return answer.ok ? semver.coerce(told) : null;
}
