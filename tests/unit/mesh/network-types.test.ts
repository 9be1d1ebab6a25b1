/**
 * What a compiler says of a program's network and hosts. `tsc -p tsconfig.json`, a step of `npm test`, checks it: a mistake that
 * it accepts is an unused `@ts-expect-error`. What runs checks that the schemas say the same.
 */
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import type { z } from "zod";
import type { Host, Mesh, MeshArgs, MeshHostSettings, Network, NetworkArgs } from "../../../mesh";
import type { HeadscaleBlock, InstallBlock, TailscaleBlock } from "../../../providers";
import { headscaleConfigSchema } from "../../../providers/headscale/config";
import type { installSchema } from "../../../providers/tailnet/config";
import { tailscaleConfigSchema } from "../../../providers/tailscale/config";

/** What a schema takes; nobody changes it. */
type AsWritten<Schema extends z.ZodType> = DeepReadonly<z.input<Schema>>;
type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };

const headscale = { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" };

describe("the blocks of the built-in network providers", () => {
  it("are what their schemas take", () => {
    expectTypeOf<HeadscaleBlock>().toEqualTypeOf<AsWritten<typeof headscaleConfigSchema>>();
    expectTypeOf<TailscaleBlock>().toEqualTypeOf<AsWritten<typeof tailscaleConfigSchema>>();
    expectTypeOf<InstallBlock>().toEqualTypeOf<AsWritten<typeof installSchema>>();
    const tailscale = { tailnet_domain: "a.ts.net" } satisfies TailscaleBlock;
    expect(headscaleConfigSchema.safeParse(headscale satisfies HeadscaleBlock).success).toBe(true);
    expect(tailscaleConfigSchema.safeParse(tailscale).success).toBe(true);
  });

  it("refuse what their schemas refuse", () => {
    const networks: NetworkArgs[] = [
      {
        provider: "headscale",
        // @ts-expect-error -- login_serer
        providers: { headscale: { ...headscale, login_serer: "https://headscale.example.com" } },
      },
      // @ts-expect-error -- no login_server
      { provider: "headscale", providers: { headscale: { tailnet_domain: "mesh.example.com" } } },
      {
        provider: "headscale",
        // @ts-expect-error -- no such method
        providers: { headscale: { ...headscale, install: { method: "apt" } } },
      },
    ];
    const blocks = networks.map(({ providers }) => (providers as { headscale: unknown }).headscale);
    expect(blocks.map((block) => headscaleConfigSchema.safeParse(block).success)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

/** Compiled only: nothing in it is there at run time. */
export function programs(
  output: pulumi.Output<string>,
  create: <Name extends string>(args: MeshArgs<Name>) => Mesh<Name>,
  computed: Record<string, MeshHostSettings>,
): void {
  const network: Network = { provider: "headscale", providers: { headscale } };

  // The names of the hosts are those that were declared, and no others.
  const mesh = create({ network, hosts: { "db-1": { tags: ["tag:db"] }, "web-1": {} } });
  expectTypeOf(mesh.hosts["db-1"]).toEqualTypeOf<Host>();
  // @ts-expect-error -- not declared
  void mesh.hosts["db-2"];
  expectTypeOf(mesh).toExtend<Mesh>();

  // Computed hosts may have any name.
  expectTypeOf(create({ network, hosts: computed }).hosts["web-1"]).toEqualTypeOf<Host | undefined>();

  // A setting that is misspelt.
  // @ts-expect-error -- role
  create({ network, hosts: { "web-1": { role: ["web"] } } });

  // A key of a block that is misspelt, as it stands in a program.
  // @ts-expect-error -- login_serer
  const providers: NetworkArgs["providers"] = { headscale: { ...headscale, login_serer: "x" } };
  void providers;

  // Outputs of other resources in any place of a block.
  const later = { login_server: output, default_tags: [output], install: { version: output } };
  create({
    network: { provider: "headscale", providers: { headscale: { ...headscale, ...later } } },
    hosts: {},
  });

  // The blocks of other providers, which nothing is known of.
  const nebula = { provider: "nebula", module: "./nebula.js", providers: { nebula: { lighthouse: 1 } } };
  create({ network: nebula, hosts: {} });
  expectTypeOf<Network>().toExtend<NetworkArgs>();
}
