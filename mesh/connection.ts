/** Connections as Pulumi inputs and outputs; assignable to and from `@pulumi/command`'s `remote.ConnectionArgs`. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, ProxyConnection, SshConnection } from "../transport";

type Inputs<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** `remote.ConnectionArgs`, plus `privateKeyPath`; every field may be the output of another resource. */
export interface ConnectionArgs extends Inputs<Omit<SshConnection, "proxy">> {
  readonly proxy?: pulumi.Input<Inputs<ProxyConnection>>;
}

/** A connection that `remote.Command` takes as it is: no key file, which it does not know. */
export type MeshConnection = Omit<SshConnection, "privateKeyPath" | "proxy" | "client">;

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
 * The connection to the same host through the mesh: its FQDN, no proxy, the host key that was seen. A key file is read,
 * since `remote.ConnectionArgs` has no path; the result is a secret then.
 */
export function throughMesh(
  connection: Connection,
  fqdn: string,
  hostKey: string | undefined,
): pulumi.Output<MeshConnection> {
  if (connection === "local") return asOutput<MeshConnection>({ host: fqdn }, false);
  const { privateKeyPath, proxy: _proxy, client, ...kept } = connection;
  // What the system's own ssh uses may be a key that only it can use.
  const path = client === "openssh" ? undefined : privateKeyPath;
  const key = connection.privateKey ?? (path === undefined ? undefined : readKey(path));
  const result: MeshConnection = {
    ...kept,
    host: fqdn,
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(key === undefined ? {} : { privateKey: key }),
  };
  return asOutput(result, hasSecret(result));
}

/** The SDK's types unwrap an object field by field; plain data stays as it is. */
function asOutput<T>(value: T, secret: boolean): pulumi.Output<T> {
  return (secret ? pulumi.secret(value) : pulumi.output(value)) as pulumi.Output<T>;
}

function readKey(path: string): string {
  return readFileSync(path.replace(/^~(?=\/)/, homedir()), "utf8");
}
