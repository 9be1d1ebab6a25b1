/** Connections as Pulumi inputs and outputs; assignable to and from `@pulumi/command`'s `remote.ConnectionArgs`. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { MeshError, messageOf } from "../errors";
import type { Connection, ProxyConnection, SshConnection } from "../transport";

type Inputs<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** `remote.ConnectionArgs`, plus `privateKeyPath`; every field may be the output of another resource. */
export interface ConnectionArgs extends Inputs<Omit<SshConnection, "proxy">> {
  readonly proxy?: pulumi.Input<Inputs<ProxyConnection>>;
}

/** The connection through the mesh, as `remote.Command` takes it: with the key instead of its file, which it does not know. */
export type MeshConnection = Omit<ProxyConnection, "privateKeyPath">;

/** The connection that a host was joined over, as `remote.Command` takes it. */
export interface HostConnection extends MeshConnection {
  readonly proxy?: Omit<ProxyConnection, "privateKeyPath">;
}

const SECRETS = ["password", "privateKey", "privateKeyPassword"] as const;

/** Marks a connection that holds a secret as secret: in the state it is encrypted. */
export function protectConnection(
  connection: pulumi.Input<Connection | ConnectionArgs>,
): pulumi.Output<Connection> {
  return (pulumi.output(connection) as pulumi.Output<Connection>).apply((value) =>
    asOutput<Connection>(value, value !== "local" && hasSecret(value)),
  );
}

/** Pure: true when the connection or its proxy holds a password, a key or a passphrase. */
export function hasSecret(connection: SshConnection): boolean {
  return [connection, connection.proxy].some(
    (hop) => hop !== undefined && SECRETS.some((key) => hop[key] !== undefined),
  );
}

/**
 * The connection as it was given, with the host key that was seen. Key files are read, since `remote.ConnectionArgs` has no
 * path; the result is a secret then. A `local` host is `localhost`, should somebody want to reach it over SSH.
 */
export function asGiven(connection: Connection, hostKey: string | undefined): pulumi.Output<HostConnection> {
  if (connection === "local") return asOutput<HostConnection>({ host: "localhost" }, false);
  const { proxy, client, ...hop } = connection;
  // Of the system's own ssh the key file may be a public or a hardware key, which nobody else can use.
  const { privateKeyPath: _path, ...withoutKey } = hop;
  const result: HostConnection = {
    ...(client === "openssh" ? withoutKey : withKey(hop)),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(proxy === undefined ? {} : { proxy: withKey(proxy) }),
  };
  return asOutput(result, hasSecret(result));
}

/** The connection to the same host through the mesh: as `asGiven`, but to its FQDN and without a proxy. */
export function throughMesh(
  connection: Connection,
  fqdn: string,
  hostKey: string | undefined,
): pulumi.Output<MeshConnection> {
  if (connection === "local") return asOutput<MeshConnection>({ host: fqdn }, false);
  const { proxy: _proxy, ...hop } = connection;
  return asGiven({ ...hop, host: fqdn }, hostKey);
}

/** With the key itself instead of its file; a key that is given wins, as in a join. */
function withKey({ privateKeyPath: path, ...hop }: ProxyConnection): MeshConnection {
  return path === undefined || hop.privateKey !== undefined ? hop : { ...hop, privateKey: readKey(path) };
}

/** The SDK's types unwrap an object field by field; plain data stays as it is. */
function asOutput<T>(value: T, secret: boolean): pulumi.Output<T> {
  return (secret ? pulumi.secret(value) : pulumi.output(value)) as pulumi.Output<T>;
}

function readKey(path: string): string {
  try {
    return readFileSync(path.replace(/^~(?=\/)/, homedir()), "utf8");
  } catch (cause) {
    throw new MeshError({
      kind: "invalid-config",
      message: `cannot read the private key file ${path}: ${messageOf(cause)}`,
      remedy: "Correct privateKeyPath, or make the file readable for this user.",
      cause,
    });
  }
}
