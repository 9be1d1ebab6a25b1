/** The inputs and the state of a host resource, parsed: what the handlers get from the engine. */
import { z } from "zod";
import { flagsSchema, hostnameSchema, policySchemasWithDefaults, roleSchema, tagSchema } from "../fields";
import { connectionSchema } from "../transport/schema";

/** Raised when the shape of the state changes; handlers read all former versions. */
export const STATE_VERSION = 2;

type Properties = Readonly<Record<string, unknown>>;

/** Pure: properties of any version by today's names: until version 1, `connection` was called `transport`. */
export function modernize(properties: Properties): Properties {
  const { transport, ...kept } = properties;
  return transport === undefined ? properties : { connection: transport, ...kept };
}

/**
 * Pure: `state` by the names that `former` has, for an answer that stands in its place. The engine encrypts what was
 * encrypted before, by name: under a new name a password would be plain text.
 */
export function namedAs(former: Properties, state: Properties): Properties {
  if (!("transport" in former) || "connection" in former) return state;
  const { connection, ...kept } = state;
  return { transport: connection, ...kept };
}

const inputs = {
  /** The node's name. */
  name: hostnameSchema,
  /** The expected FQDN; in the state the one the node really has. An input, so that it is known at preview. */
  fqdn: z.string().optional(),
  /** Id of the network provider. */
  provider: z.string(),
  /** The module whose import registers the network provider; absent for the built-in ones. */
  module: z.string().optional(),
  /** The provider's block, which it validates itself. */
  config: z.record(z.string(), z.unknown()),
  /** Only for `check`, which refuses a role that the block does not know; the tags of the roles are in `tags`. */
  roles: z.array(roleSchema).optional(),
  tags: z.array(tagSchema).default([]),
  flags: flagsSchema.default({}),
  extraFlags: flagsSchema.default({}),
  /** How the host is reached today. */
  connection: connectionSchema,
  ...policySchemasWithDefaults,
  /** Secret; only ever an input. */
  authKey: z.string().optional(),
  /** The resource's URN, for progress lines on its row. */
  progressUrn: z.string().optional(),
};

export const inputsSchema = z.object(inputs);
export type HostInputs = z.output<typeof inputsSchema>;

const { authKey: _authKey, ...kept } = inputs;

/** Lenient, for it reads what older and newer versions wrote: what is missing is absent, what is unknown is ignored. */
export const stateSchema = z.object({
  ...kept,
  name: z.string(),
  tags: z.array(z.string()).default([]),
  stateVersion: z.number().default(1),
  addresses: z.array(z.string()).default([]),
  nodeId: z.string().optional(),
  /** Who declares the host: the mark on it says the same, as long as nobody else holds it. */
  declaration: z.string().optional(),
  /** Public key of the node's login. */
  nodeKey: z.string().optional(),
  /** What the machine showed of itself. */
  machine: z
    .object({
      machineId: z.string().optional(),
      mac: z.string().optional(),
      dmi: z.string().optional(),
      clientKey: z.string().optional(),
    })
    .optional(),
  /** All tags that the node had at the last `up`; `tags` are the declared ones, which are compared with the inputs. */
  nodeTags: z.array(z.string()).optional(),
  /** What was said of the node in the last `up`: said again when it changes. */
  warnings: z.array(z.string()).optional(),
  clientVersion: z.string().optional(),
  installedBy: z.string().optional(),
  /** The host key seen at the last contact: pinned. */
  hostKey: z.string().optional(),
  /** The same of the jump host. */
  jumpHostKey: z.string().optional(),
  loginServer: z.string().optional(),
  keyExpiry: z.string().optional(),
  /** What the last refresh found that shows nowhere else; the next update puts it right. */
  drift: z.array(z.string()).optional(),
});
export type HostState = z.output<typeof stateSchema>;
