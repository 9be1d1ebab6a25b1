/** One host of the mesh, as a Pulumi resource. */
import * as pulumi from "@pulumi/pulumi";
import { resolveTags } from "../config";
import { tagDefaultsSchema } from "../config/tag-defaults";
import { UNKNOWN, validate } from "../validation";
import {
  asGiven,
  protectConnection,
  throughMesh,
  type HostConnection,
  type MeshConnection,
} from "./connection";
import type { HostArgs } from "./host-args";
import { loadProvider } from "./load-provider";
import { lookAtPreview } from "./look/preview";
import { mustBeHost } from "./mistakes";
import { chooseNetwork } from "./network";
import { SHIM } from "./shim";
import { HIDDEN_URN, shortUrn, TYPE } from "./urn";

/**
 * A host that is joined to the mesh: created when its client is installed and the node read back, updated in place,
 * removed from the mesh on delete. Errors: see `ErrorKind`.
 */
export class Host extends pulumi.CustomResource {
  /** The node's FQDN, without a trailing dot. Known at preview when the name is; whoever uses it waits for the join. */
  declare readonly fqdn: pulumi.Output<string>;
  /** Addresses in the tailnet, IPv4 first. */
  declare readonly addresses: pulumi.Output<string[]>;
  /** The node's id at the control server. */
  declare readonly nodeId: pulumi.Output<string>;
  /** Version of the tailscale client. */
  declare readonly clientVersion: pulumi.Output<string>;
  /** How the client came on the host (`apt repository`, `static tarball`); undefined when nothing tells. */
  declare readonly installedBy: pulumi.Output<string | undefined>;
  /** The host key seen (`ssh-ed25519 AAAA...`), enforced from then on. */
  declare readonly hostKey: pulumi.Output<string | undefined>;
  /** The jump host's key, in the same way; undefined without one. */
  declare readonly jumpHostKey: pulumi.Output<string | undefined>;
  /** The tags that are declared for the host, sorted: its own, its roles' and `default_tags`. */
  declare readonly tags: pulumi.Output<string[]>;
  /** All tags that the node has, sorted, those among them that others gave it; undefined when the provider does not tell. */
  declare readonly nodeTags: pulumi.Output<string[] | undefined>;
  /** When the node's key expires (RFC 3339); undefined when it does not. */
  declare readonly keyExpiry: pulumi.Output<string | undefined>;
  /**
   * The connection that the host was joined over, for `remote.Command` and the like: works wherever this program runs. The
   * host key that was seen is in it, so whoever uses it waits for the join.
   */
  declare readonly connection: pulumi.Output<HostConnection>;
  /** The connection to the same host through the mesh: for a program that runs on a machine in the tailnet. */
  declare readonly meshConnection: pulumi.Output<MeshConnection>;

  constructor(name: string, args: HostArgs, options: pulumi.CustomResourceOptions = {}) {
    mustBeHost(name, args);
    const { provider, module, given, config, known } = chooseNetwork(args.network);
    const nodeName = pulumi.output(args.nodeName ?? name);
    // An output may turn out to have none, too.
    const connection = protectConnection(
      pulumi.all([args.connection, nodeName]).apply(([given, host]) => given ?? { host }),
    );
    const inputs = {
      nodeName,
      network: given,
      fqdn: pulumi
        .all([nodeName, provider, module])
        .apply(
          async ([host, id, from]) =>
            (await expectedFQDN(host, id, from, known)) ??
            config.apply((block) => expectedFQDN(host, id, from, block)),
        ),
      roles: args.roles,
      tags: pulumi
        .all([config["default_tags"], config["role_tags"], args.roles, args.tags])
        .apply(([ofAll, ofRoles, roles, tags]) =>
          uniteTags({ default_tags: ofAll, role_tags: ofRoles }, roles, tags),
        ),
      flags: args.flags,
      extraFlags: args.extraFlags,
      serve: args.serve,
      daemon: args.daemon,
      udpGro: args.udpGro,
      verify: args.verify,
      expiry: args.keyExpiry,
      renewKey: args.renewKey,
      ephemeral: args.ephemeral,
      connection,
      hostKeyPolicy: args.hostKeyPolicy,
      reach: args.reach,
      onDestroy: args.onDestroy,
      onClone: args.onClone,
      onNameConflict: args.onNameConflict,
      onTailnetMismatch: args.onTailnetMismatch,
      onUnreachable: args.onUnreachable,
      extraTags: args.extraTags,
      authKey: args.authKey === undefined ? undefined : pulumi.secret(args.authKey),
      workloadIdentity: args.workloadIdentity,
      [HIDDEN_URN]: urnOf(name, options.parent),
    };
    super(
      TYPE,
      name,
      {
        __provider: SHIM,
        ...inputs,
        addresses: undefined,
        nodeId: undefined,
        nodeTags: undefined,
        clientVersion: undefined,
        installedBy: undefined,
        hostKey: undefined,
        jumpHostKey: undefined,
        keyExpiry: undefined,
      },
      options,
    );
    if (pulumi.runtime.isDryRun())
      pulumi.output(args.probeOnPreview).apply((look) => {
        if (look === true) lookAtPreview(this, inputs);
      });
    // In place of the input of this name. Made when asked for: who uses neither needs no key file, in a test for instance.
    Object.defineProperties(this, {
      connection: {
        get: () =>
          pulumi.all([connection, this.hostKey]).apply(([given, hostKey]) => asGiven(given, hostKey)),
      },
      meshConnection: {
        get: () =>
          pulumi
            .all([connection, this.fqdn, this.hostKey])
            .apply(([given, fqdn, hostKey]) => throughMesh(given, fqdn, hostKey)),
      },
    });
  }
}

/**
 * Undefined where it depends on what is not known, and for names and blocks that are wrong: `check` reports those with their
 * paths.
 */
async function expectedFQDN(
  host: string,
  id: string,
  module: string | undefined,
  config: unknown,
): Promise<string | undefined> {
  if (config === UNKNOWN) return undefined;
  try {
    const fqdn = (await loadProvider(id, module)).nodeFQDN(host, config);
    return fqdn.includes(UNKNOWN) ? undefined : fqdn;
  } catch {
    return undefined;
  }
}

/** The host's tags. What is wrong with the sources is left out here: `check` reports it, on the host's row. */
function uniteTags(config: unknown, roles: readonly string[] = [], tags: readonly string[] = []): string[] {
  const sources = validate(tagDefaultsSchema, config);
  if (!sources.ok) return [...tags];
  const { default_tags: defaultTags = [], role_tags: roleTags = {} } = sources.value;
  return resolveTags({ defaultTags, roleTags, roles: roles.filter((role) => role in roleTags), tags });
}

/** A plain promise: as an output it would make the resource depend on its parent, which waits for its children. */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, TYPE, parent);
  return new Promise((resolve) => urn.apply((known) => resolve(shortUrn(known))));
}
