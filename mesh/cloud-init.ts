/** User-data by which machines join the mesh by themselves: those of an autoscaling group, which nobody reaches by SSH. */
import * as pulumi from "@pulumi/pulumi";
import { parseNetwork, resolveTags, selectProvider } from "../config";
import { tagDefaultsSchema } from "../config/tag-defaults";
import { MeshError } from "../errors";
import { get, type MachineIdentity, type UserDataOptions } from "../providers";
import { holdsUnknown, validate } from "../validation";
import type { HostSettings } from "./host-args";
import { knownParts } from "./known";
import type { DeepInput, NetworkArgs } from "./network";

/** What each machine with this user-data shall be; give exactly one of `authKeyFile`, `workloadIdentity` and `authKey`. */
export interface CloudInitArgs extends Pick<HostSettings, "roles" | "tags" | "flags" | "extraFlags"> {
  /** The node's name. Default: the machine's own, for one text is for many machines. */
  readonly hostname?: pulumi.Input<string>;
  /** A file of the machine's image that holds an auth key: `/etc/tailscale/auth-key`. */
  readonly authKeyFile?: pulumi.Input<string>;
  /** The identity that the machine's own platform gives it (Tailscale only): no secret anywhere. */
  readonly workloadIdentity?: DeepInput<MachineIdentity>;
  /**
   * An auth key that stands in the user-data, which then is a secret output. Every process of the machine can read it at the cloud's
   * metadata service: take one that expires soon. The secret of an OAuth client and keys of an API are refused.
   */
  readonly authKey?: pulumi.Input<string>;
}

/**
 * Renders user-data (`#cloud-config`) that installs the client from its signed repository and joins the machine on its first boot.
 * It holds no secret, unless `authKey` puts one there. Throws invalid-config for a mistake at once, where all is known.
 */
export function cloudInit(network: pulumi.Input<NetworkArgs>, host: CloudInitArgs): pulumi.Output<string> {
  const given = { network, host };
  const text = holdsUnknown(knownParts(given))
    ? pulumi.output(given as pulumi.Input<Known>).apply(render)
    : pulumi.output(render(given as Known));
  return host.authKey === undefined ? text : pulumi.secret(text);
}

/** Both, when all of them is known. */
interface Known {
  readonly network: unknown;
  readonly host: Omit<UserDataOptions, "config" | "tags"> &
    Partial<Pick<UserDataOptions, "tags">> & { readonly roles?: readonly string[] };
}

function render({ network, host: { roles, tags, ...machine } }: Known): string {
  const { id, block } = selectProvider(parseNetwork(network));
  const provider = get(id);
  if (provider.userData === undefined) throw rendersNone(id);
  return provider.userData({ config: block, ...machine, tags: tagsOf(block, roles, tags) });
}

/** Tags of a block that is wrong are none: the provider says what is wrong with it. */
function tagsOf(
  block: unknown,
  roles: readonly string[] | undefined,
  tags: readonly string[] | undefined,
): string[] {
  const sources = validate(tagDefaultsSchema, block);
  if (!sources.ok) return [];
  const { default_tags: defaultTags, role_tags: roleTags } = sources.value;
  return resolveTags({ defaultTags, roleTags, roles, tags });
}

function rendersNone(id: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    message: `the network provider "${id}" renders no user-data`,
    remedy: "Join the machine as a host of a Mesh, over SSH.",
  });
}
