/**
 * One connection object serves this package and `@pulumi/command`. The types are checked by `tsc -p tsconfig.json`, a step
 * of `npm test`: at run time `expectTypeOf` does nothing, and what is checked then is the schema, with every field in use.
 */
import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import type { ConnectionArgs, HostConnection, HostSettings, MeshConnection } from "../../../mesh";
import type { ProxyConnection, SshConnection } from "../../../transport";
import { connectionSchema } from "../../../transport/schema";

type CommandArgs = types.input.remote.ConnectionArgs;
type CommandProxyArgs = types.input.remote.ProxyConnectionArgs;
/** What `remote.Command` takes as `connection`. */
type CommandConnection = pulumi.Input<CommandArgs>;

/** True when both are the same set of names. */
type Exactly<A, B> = [A, B] extends [B, A] ? true : false;

const hop = {
  host: "203.0.113.7",
  port: 2222,
  user: "admin",
  password: "p",
  privateKey: "k",
  privateKeyPassword: "p",
  agentSocketPath: "/run/agent",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2qpqmW0b2lVXqEnmZxxnSkpmKLM2SW5jgDdVNaTFcb",
  dialErrorLimit: -1,
  perDialTimeout: 0,
} satisfies Required<CommandProxyArgs>;
const connection = { ...hop, proxy: hop } satisfies Required<CommandArgs>;

describe("connections as inputs", () => {
  it("take what remote.Command takes", () => {
    expectTypeOf<CommandArgs>().toExtend<ConnectionArgs>();
    expectTypeOf<CommandConnection>().toExtend<NonNullable<HostSettings["connection"]>>();
    expectTypeOf<keyof SshConnection>().toEqualTypeOf<keyof CommandArgs | "privateKeyPath" | "client">();
    expectTypeOf<keyof ProxyConnection>().toEqualTypeOf<keyof CommandProxyArgs | "privateKeyPath">();
    expect(connectionSchema.parse(connection)).toEqual(connection);
  });

  it("take a key file and a client too, and nothing else", () => {
    const file = {
      ...connection,
      privateKeyPath: "~/.ssh/id_ed25519",
      client: "ssh2",
    } satisfies ConnectionArgs;
    expect(connectionSchema.parse(file)).toEqual(file);
    // @ts-expect-error -- a field that nobody reads is a mistake
    const unknown = { ...connection, keyFile: "~/.ssh/id_ed25519" } satisfies ConnectionArgs;
    expect(connectionSchema.safeParse(unknown).success).toBe(false);
  });
});

describe("the connections of a host", () => {
  it("are what remote.Command takes, as they are", () => {
    // Compiled only. The plugin refuses fields that it does not know, which `Exactly` finds.
    const direct = (output: pulumi.Output<HostConnection>): CommandConnection => output;
    const mesh = (output: pulumi.Output<MeshConnection>): CommandConnection => output;
    const known: Exactly<keyof HostConnection, keyof CommandArgs> = true;
    const knownProxy: Exactly<keyof NonNullable<HostConnection["proxy"]>, keyof CommandProxyArgs> = true;
    const knownMesh: Exactly<keyof MeshConnection, Exclude<keyof CommandArgs, "proxy">> = true;
    expect([direct, mesh, known, knownProxy, knownMesh]).toHaveLength(5);
  });
});
