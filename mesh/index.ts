/** Public entry of the package: join hosts to a mesh network from a Pulumi program. */
export { isMeshError, MeshError, type ErrorKind } from "../errors";
export type {
  ClientFlags,
  ClonePolicy,
  DaemonSettings,
  DestroyPolicy,
  ExtraTagsPolicy,
  HeadscaleBlock,
  InstallBlock,
  LeavePolicy,
  HostIdentity,
  MachineIdentity,
  NameConflictPolicy,
  NetworkBlocks,
  NetworkProvider,
  NodeFlags,
  NodeState,
  ProviderId,
  ServedPort,
  TailnetMismatchPolicy,
  TailscaleBlock,
  UnreachablePolicy,
  Verification,
} from "../providers";
export type { Connection, HostKeyPolicy, ReachPolicy, SshConnection } from "../transport";
export { cloudInit, type CloudInitArgs } from "./cloud-init";
export { loadNetwork, loadStack, parseHosts, type HostEntries } from "./configuration";
export type { ConnectionArgs, HostConnection, MeshConnection } from "./connection";
export { Host } from "./host";
export type { HostArgs, HostSettings } from "./host-args";
export type { BlockArgs, DeepInput, Network, NetworkArgs } from "./network";
export { mapHosts, Mesh, type MeshArgs, type MeshDefaults, type MeshHostSettings } from "./mesh";
