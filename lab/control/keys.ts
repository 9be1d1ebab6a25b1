/** Fresh keys of the lab's control server. */
import { z } from "zod";
import { LabError } from "../error";
import { USER } from "./config";
import { type ControlServer, headscale } from "./headscale";

export interface AuthKeyOptions {
  /** With or without `tag:`; none by default: the node then belongs to the lab's user. */
  readonly tags?: readonly string[];
  /** Default false: the key admits one node. */
  readonly reusable?: boolean;
  readonly ephemeral?: boolean;
  /** How long the key can be used, as in "30m" or "24h"; default "1h". */
  readonly expires?: string;
}

/** A tag as the control server wants it: `prod` and `tag:prod` are the same. */
export const normalizeTag = (tag: string): string => (tag.startsWith("tag:") ? tag : `tag:${tag}`);

/** The arguments of `headscale` that make the key. */
export function buildAuthKeyCommand(userId: string, options: AuthKeyOptions): string[] {
  const flags: string[] = [];
  if (options.tags !== undefined && options.tags.length > 0)
    flags.push("--tags", [...new Set(options.tags.map(normalizeTag))].join(","));
  if (options.reusable === true) flags.push("--reusable");
  if (options.ephemeral === true) flags.push("--ephemeral");
  return ["preauthkeys", "create", "--user", userId, "--expiration", options.expires ?? "1h", ...flags];
}

export async function createAuthKey(server: ControlServer, options: AuthKeyOptions = {}): Promise<string> {
  const userSchema = z.array(z.object({ id: z.coerce.string(), name: z.string() }));
  const users = userSchema.parse(await headscale(server, ["users", "list"]));
  const user = users.find(({ name }) => name === USER);
  if (user === undefined) throw new LabError(`the control server has no user "${USER}"`, "Run `up` again.");
  const created = await headscale(server, buildAuthKeyCommand(user.id, options));
  return z.object({ key: z.string().min(1) }).parse(created).key;
}

/** A key for the control server's REST API, good for a day. */
export async function createApiKey(server: ControlServer): Promise<string> {
  const created = await headscale(server, ["apikeys", "create", "--expiration", "24h"]);
  return z
    .union([z.string().min(1), z.object({ key: z.string().min(1) }).transform(({ key }) => key)])
    .parse(created);
}
