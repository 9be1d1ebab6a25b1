/** What a version of Headscale makes of the expiry of a node's key: an older one expires it at once, whatever it is asked. */
import semver from "semver";
import type { HttpClient } from "../control-server/http";
import { versionSchema } from "./wire";

/** What is asked for by a setting: what an older version is not fit for, and since when it can be had. */
const ASKED = {
  keyExpiry: { since: "0.29.0", lack: "cannot have a node's key never expire", fit: "0.29 can" },
  renewKey: {
    since: "0.27.0",
    lack: "is not known to let a node's key be good for longer",
    fit: "0.27 does",
  },
};

/** What Headscale itself gives a key by default that comes with a login by OIDC; those of other logins it lets never expire. */
const EXTENDED_DAYS = 180;

/** Throws invalid-config for a version that does not do what the setting asks for, and for one that does not say which it is. */
export async function mustBeFit(http: HttpClient, setting: keyof typeof ASKED): Promise<void> {
  const { since, lack, fit } = ASKED[setting];
  const answer = await http.send({ method: "GET", path: "/version" });
  const told = versionSchema.safeParse(answer.value).data?.version ?? "";
  const version = answer.ok ? semver.coerce(told) : null;
  if (version !== null && semver.gte(version, since)) return;
  throw http.error(
    "invalid-config",
    `Headscale ${version?.version ?? "of an unknown version"} ${lack}, which ${setting} asks for: ${fit}`,
    `Upgrade Headscale, give the node a tag (keys of tagged nodes do not expire), or leave out ${setting}.`,
  );
}

/** RFC 3339, to the second. */
export function extendedExpiry(now = new Date()): string {
  return new Date(now.getTime() + EXTENDED_DAYS * 24 * 60 * 60 * 1000).toISOString().replace(/\.\d+/, "");
}
