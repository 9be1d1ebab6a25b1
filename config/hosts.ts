/** The hosts from stack configuration: a node's name for each, how to reach it, its roles, tags and flags. */
import { z } from "zod";
import type { DaemonSettings } from "../daemon";
import { daemonSchema } from "../daemon-schema";
import { MeshError } from "../errors";
import { flagsSchema, hostnameSchema, policySchemas, renewKeySchema, roleSchema, tagSchema } from "../fields";
import type { NodeFlags } from "../flags";
import type { HostPolicies } from "../policies";
import type { ServedPort } from "../serve";
import { serveSchema } from "../serve-schema";
import { asZod, invalidConfig, parseWith } from "../validation";
import type { StandardSchema } from "../validation/standard-schema";
import type { Verification } from "../verify";
import { verifySchema } from "../verify-schema";
import type { HostIdentity } from "../workload-identity";
import { workloadIdentitySchema } from "../workload-identity-schema";
import { checkDefaults, isObject, withDefaults } from "./defaults";
import { hostsExample, indent } from "./example";

/** One host. `Connection` is the type that the caller's schema yields. */
export interface HostEntry<Connection> extends HostPolicies {
  readonly connection: Connection;
  readonly roles: string[];
  readonly tags: string[];
  readonly flags: NodeFlags;
  readonly extraFlags?: NodeFlags;
  readonly serve?: readonly ServedPort[];
  readonly daemon?: DaemonSettings;
  readonly udpGro?: boolean;
  readonly verify?: Verification;
  readonly keyExpiry?: "disabled";
  readonly renewKey?: string;
  readonly workloadIdentity?: HostIdentity;
  readonly ephemeral?: boolean;
  readonly probeOnPreview?: boolean;
  /** Names that the host had before, in the same mesh: with them a renaming is an update in place. */
  readonly aliases?: string[];
}

/** How `parseHosts` reads the hosts. */
export interface ParseHostsOptions<Connection> {
  /** Schema of a host's `connection`. */
  readonly connectionSchema: StandardSchema<unknown, Connection>;
  /** The path in messages: the configuration key (`shop:hosts`), or another path. Default `hosts`. */
  readonly at?: string;
  /** What all hosts share: settings of a host, whose `connection` names no host. */
  readonly defaults?: unknown;
}

/**
 * Parses the hosts, by node name. Defaults: a host without `connection`, or whose connection names no `host`, is reached
 * by its node name; no roles, tags and flags. No hosts (`{}`) are fine; that two lead to one address is told at preview.
 * Throws invalid-config with every mistake, or, when `value` is absent, with an example to copy.
 */
export function parseHosts<Connection>(
  value: unknown,
  { connectionSchema, at = "hosts", defaults }: ParseHostsOptions<Connection>,
): Record<string, HostEntry<Connection>> {
  if (value === undefined || value === null) throw noHosts(at);
  const entrySchema = z.strictObject({
    connection: asZod(connectionSchema),
    roles: z.array(roleSchema).default([]),
    tags: z.array(tagSchema).default([]),
    flags: flagsSchema.default({}),
    extraFlags: flagsSchema.optional(),
    serve: serveSchema.optional(),
    daemon: daemonSchema.optional(),
    udpGro: z.boolean().optional(),
    verify: verifySchema.optional(),
    keyExpiry: z.literal("disabled").optional(),
    renewKey: renewKeySchema.optional(),
    workloadIdentity: workloadIdentitySchema.optional(),
    ephemeral: z.boolean().optional(),
    probeOnPreview: z.boolean().optional(),
    aliases: z.array(hostnameSchema).optional(),
    ...policySchemas,
  });
  const mistakes = checkDefaults(entrySchema, defaults ?? undefined);
  if (mistakes.length > 0) throw invalidConfig(at.replace(/hosts$/, "defaults"), mistakes);
  return parseWith(z.record(hostnameSchema, entrySchema), complete(value, defaults), at);
}

/** The hosts with what all share, and the default connection; whatever has a wrong type is left for the schema to report. */
function complete(hosts: unknown, defaults: unknown): unknown {
  if (!isObject(hosts)) return hosts;
  const entries = Object.entries(hosts).map(([name, entry]) => {
    const own = entry ?? {};
    if (!isObject(own)) return [name, entry] as const;
    const given = isObject(defaults) ? withDefaults(name, defaults, own) : own;
    const connection = given["connection"] ?? {};
    return [
      name,
      { ...given, connection: isObject(connection) ? { host: name, ...connection } : connection },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function noHosts(at: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    message: `${at}: the stack configuration names no hosts`,
    remedy: `Write into Pulumi.<stack>.yaml:\n\n${indent(hostsExample(at.includes(":") ? at : undefined))}`,
  });
}
