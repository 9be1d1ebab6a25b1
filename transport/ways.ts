/** The two ways to a host that is dialled in the mesh first: its address there, then its connection. */
import { isMeshError, MeshError } from "../errors";
import { failureOf, secretsOf } from "./failure";
import type { Opened } from "./reconnect";
import type { DialOptions } from "./retry";
import { isTailnetAddress, ownTailnetAddress } from "./tailnet";
import type { SshConnection } from "./types";

/** Seconds for the one dial in the mesh: a handshake of WireGuard that got lost is sent again after five. */
const DIAL = 6;

/** The same where this machine is in no tailnet: only a router could lead there, and most likely nothing does. */
const DIAL_FROM_OUTSIDE = 2;

type Way = "mesh" | "connection";

type Dial = (connection: SshConnection, options: DialOptions) => Promise<Opened>;

/** By address in the mesh: the way that led to the host last in this process, which comes first when it is dialled again. */
const remembered = new Map<string, Way>();

/**
 * Opens the host by `dial`, one way or the other. The second way is tried when nobody answers on the first, or the login is
 * refused there; never when another host key than expected is shown, for then somebody else answers.
 */
export async function openEitherWay(
  connection: SshConnection,
  address: string,
  options: DialOptions,
  dial: Dial,
): Promise<Opened> {
  const { host, signal, progress = () => undefined } = options;
  // The mesh again in the end: a host that boots may have come up there while its connection was dialled.
  const ways: readonly Way[] =
    remembered.get(address) === "connection" ? ["connection", "mesh"] : ["mesh", "connection", "mesh"];
  const failed = new Map<Way, MeshError>();
  for (const way of ways) {
    try {
      const opened = await (way === "mesh"
        ? dialInMesh(connection, address, options, dial)
        : dial(connection, options));
      remembered.set(address, way);
      return way === "mesh" ? { ...opened, meshAddress: address } : opened;
    } catch (error) {
      if (signal?.aborted === true || !mayTryOther(error)) throw error;
      failed.set(way, error);
      progress(`not reached by its ${way === "mesh" ? "address in the mesh" : way}: ${error.detail}`);
    }
  }
  throw neither(host, connection, address, failed);
}

function mayTryOther(error: unknown): error is MeshError {
  return isMeshError(error, "host-unreachable") || isMeshError(error, "authentication-failed");
}

/** Once and shortly. A key that nothing names is refused: the mesh is no place for a first contact. */
async function dialInMesh(
  connection: SshConnection,
  address: string,
  options: DialOptions,
  dial: Dial,
): Promise<Opened> {
  const limit = isTailnetAddress(address) && ownTailnetAddress() === undefined ? DIAL_FROM_OUTSIDE : DIAL;
  const perDialTimeout = Math.min(connection.perDialTimeout || limit, limit);
  const once = { ...connection, dialErrorLimit: 0, perDialTimeout };
  try {
    return await dial(once, { ...options, at: address, hostKeyPolicy: "strict" });
  } catch (error) {
    if (!isMeshError(error, "host-key-mismatch")) throw error;
    throw failureOf(
      options.host,
      secretsOf(connection),
    )({
      kind: error.kind,
      message: `at ${address}, its address in the mesh: ${error.detail}`,
      remedy: `${error.remedy} If another node has the address by now, set the host's reach to "connection" and run \`pulumi up\`.`,
      cause: error.cause,
    });
  }
}

/** A host that refuses the login is there: that is said by the kind, and by what to do. */
function neither(
  host: string,
  connection: SshConnection,
  address: string,
  failed: ReadonlyMap<Way, MeshError>,
): MeshError {
  const errors = [...failed.values()];
  const refusal = errors.find(({ kind }) => kind !== "host-unreachable");
  const own = ownTailnetAddress();
  const place =
    own === undefined
      ? "this machine has no address in a tailnet"
      : `this machine is in a tailnet, as ${own}`;
  const words = [
    `${address} in the mesh (${failed.get("mesh")?.detail})`,
    `${connection.host}, its connection (${failed.get("connection")?.detail})`,
    ...(isTailnetAddress(address) ? [place] : []),
  ];
  return new MeshError({
    kind: refusal?.kind ?? "host-unreachable",
    host,
    message: `reached neither way: ${words.join("; ")}`,
    remedy: refusal?.remedy ?? (own === undefined ? FROM_OUTSIDE : FROM_INSIDE),
    cause: errors.at(-1),
  });
}

const FROM_OUTSIDE =
  "Run this on a machine in the tailnet, or open the port of the host's connection to this one; or see whether the host is up.";

const FROM_INSIDE =
  "See whether the host is up and online in the mesh, and the policy there lets this machine reach its port; or open the port of its connection.";
