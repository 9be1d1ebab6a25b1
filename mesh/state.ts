/** The inputs and the state of a host resource, parsed: what the handlers get from the engine. */
import { z } from "zod";
import { daemonSchema } from "../daemon-schema";
import {
  flagsSchema,
  hostnameSchema,
  policySchemasWithDefaults,
  renewKeySchema,
  roleSchema,
  tagSchema,
} from "../fields";
import { recordedServeSchema, serveSchema } from "../serve-schema";
import { verifySchema } from "../verify-schema";
import { workloadIdentitySchema } from "../workload-identity-schema";
import { connectionSchema, recordedConnectionSchema } from "../transport/schema";
import { HIDDEN_URN, wholeUrn } from "./urn";
import { asKnown, asWritten } from "./words";

/** Raised when the shape of the state changes; handlers read all former versions. */
export const STATE_VERSION = 4;

type Properties = Readonly<Record<string, unknown>>;

/**
 * Pure: properties of any version as the handlers know them. Until version 3 they had the handlers' own names (`name`, `config`); until
 * version 1, `connection` was called `transport`.
 */
export function modernize({
  transport,
  progressUrn,
  [HIDDEN_URN]: hidden,
  ...given
}: Properties): Properties {
  // A secret without a value is told as null: an output of settings that names no auth key.
  const { authKey, ...others } = given;
  const kept = authKey === null ? others : given;
  const urn = hidden ?? progressUrn;
  return {
    ...(transport === undefined ? {} : { connection: transport }),
    ...(typeof urn === "string" ? { progressUrn: wholeUrn(urn) } : {}),
    ...asKnown(kept),
  };
}

/**
 * Pure: `state` by the names that `former` has, for an answer that stands in its place. The engine encrypts what was
 * encrypted before, by name: under a new name a password would be plain text.
 */
export function namedAs(former: Properties, { connection, ...state }: Properties): Properties {
  const { progressUrn: _whole, ...words } = "config" in former ? state : asWritten(state);
  const name = "transport" in former && !("connection" in former) ? "transport" : "connection";
  const urns = Object.entries(former).filter(([key]) => key === "progressUrn" || key === HIDDEN_URN);
  return { ...words, [name]: connection, ...Object.fromEntries(urns) };
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
  serve: serveSchema.optional(),
  daemon: daemonSchema.optional(),
  udpGro: z.boolean().optional(),
  /** In the state: what was verified. */
  verify: verifySchema.optional(),
  /** The argument `keyExpiry`; the property of that name is the time, an output. */
  expiry: z.literal("disabled").optional(),
  renewKey: renewKeySchema.optional(),
  ephemeral: z.boolean().optional(),
  /** How the host is reached today. */
  connection: connectionSchema,
  ...policySchemasWithDefaults,
  /** Secret; only ever an input. */
  authKey: z.string().optional(),
  /** In place of it; only ever an input, too. */
  workloadIdentity: workloadIdentitySchema.optional(),
  /** The resource's URN, for progress lines on its row. */
  progressUrn: z.string().optional(),
};

export const inputsSchema = z.object(inputs);
export type HostInputs = z.output<typeof inputsSchema>;

const { authKey: _authKey, workloadIdentity: _identity, ...kept } = inputs;

/** A policy that only a newer version knows is read as the most careful one; what destroy does is never guessed. */
const policies = {
  hostKeyPolicy: kept.hostKeyPolicy.catch("strict"),
  reach: kept.reach.catch("connection"),
  onNameConflict: kept.onNameConflict.catch("fail"),
  onClone: kept.onClone.catch("fail"),
  onTailnetMismatch: kept.onTailnetMismatch.catch("fail"),
  onUnreachable: kept.onUnreachable.catch("warn"),
  extraTags: kept.extraTags.catch("keep"),
};

/** Lenient, for it reads what older and newer versions wrote: what is missing is absent, what is unknown is ignored. */
export const stateSchema = z.object({
  ...kept,
  ...policies,
  name: z.string(),
  connection: recordedConnectionSchema,
  /** What a newer version wrote and this one cannot read was never served by it. */
  serve: recordedServeSchema.optional().catch(undefined),
  daemon: daemonSchema.optional().catch(undefined),
  verify: verifySchema.optional().catch(undefined),
  renewKey: z.string().optional(),
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
