/** Public entry of the package: join hosts to a mesh network from a Pulumi program. */
export type { Network } from "../config";
export { isMeshError, MeshError, type ErrorKind } from "../errors";
export type {
  ClientFlags,
  ClonePolicy,
  DestroyPolicy,
  ExtraTagsPolicy,
  LeavePolicy,
  NameConflictPolicy,
  NetworkProvider,
  NodeFlags,
  NodeState,
  TailnetMismatchPolicy,
  UnreachablePolicy,
} from "../providers";
export type { Connection, HostKeyPolicy, SshConnection } from "../transport";
export { loadNetwork, loadStack, parseHosts, type HostEntries } from "./configuration";
export type { ConnectionArgs, HostConnection, MeshConnection } from "./connection";
export { Host, type HostArgs, type HostSettings } from "./host";
export { mapHosts, Mesh, type MeshArgs, type MeshHostSettings } from "./mesh";
