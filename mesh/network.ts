/** The network as a program writes it: with the blocks of the built-in providers, and outputs of other resources in them. */
import * as pulumi from "@pulumi/pulumi";
import type { Network as LoadedNetwork } from "../config";
import type { HeadscaleBlock, NetworkBlocks, ProviderId, TailscaleBlock } from "../providers";
import { UNKNOWN } from "../validation";
import { isLater, knownParts } from "./known";

/** The `network:` section of `stagecraft.yml`, as `loadNetwork` returns it and as a program may write it. */
export interface Network extends LoadedNetwork {
  readonly provider: ProviderId;
  readonly providers: NetworkBlocks;
}

/** The same with outputs of other resources in any place of it. */
export interface NetworkArgs {
  /** Id of the network provider to use: `tailscale`, `headscale`, or one of a third party. */
  readonly provider: pulumi.Input<ProviderId>;
  /** The module that registers a network provider which is not built in: a package, or a path (`./nebula.js`). */
  readonly module?: pulumi.Input<string>;
  /** A block for each provider, by id. Only the chosen one is read, by that provider. */
  readonly providers: pulumi.Input<BlockArgs>;
}

/** `NetworkBlocks` with outputs in any place of them. */
export interface BlockArgs {
  readonly tailscale?: DeepInput<TailscaleBlock>;
  readonly headscale?: DeepInput<HeadscaleBlock>;
  readonly [id: string]: unknown;
}

/** A value of which every part may be an output. */
export type DeepInput<T> = [T] extends [Scalar | undefined]
  ? pulumi.Input<T>
  : pulumi.Input<{ readonly [K in keyof T]: DeepInput<T[K]> }>;

type Scalar = string | number | boolean;

/** The provider that a network chooses, and its block. */
export interface ChosenNetwork {
  readonly provider: pulumi.Output<string>;
  readonly module: pulumi.Output<string | undefined>;
  /** The network with this provider's block alone, as it was given: sent to the engine, what is known of it stays known beside what is not. */
  readonly given: pulumi.Input<object>;
  readonly config: pulumi.Output<Block>;
  /** The block as far as it is known while the program runs. */
  readonly known: unknown;
}

type Block = Readonly<Record<string, unknown>>;

/** A block that is missing is empty here: `check` reports it. */
export function chooseNetwork(network: pulumi.Input<NetworkArgs>): ChosenNetwork {
  if (isLater(network) || isLater(network.provider) || isLater(network.providers)) {
    const later = pulumi.output(network) as unknown as pulumi.Output<Network>;
    const config = asOutput(later.apply(({ provider, providers }) => blockOf(providers, provider)));
    const module = later.apply((known) => known.module);
    return { provider: later.provider, module, given: later.apply(chosenOnly), config, known: UNKNOWN };
  }
  const chosen = network as NetworkArgs & { readonly provider: string; readonly providers: object };
  const given = blockOf(chosen.providers, chosen.provider);
  return {
    provider: pulumi.output(chosen.provider),
    module: pulumi.output(chosen.module),
    given: chosenOnly(chosen),
    config: asOutput(pulumi.output(given)),
    known: knownParts(given),
  };
}

/** Blocks of other providers are not read, and no difference. */
function chosenOnly({
  provider,
  module,
  providers,
}: Pick<NetworkArgs, "module"> & { readonly provider: string; readonly providers: object }): object {
  return { module, providers: { [provider]: blockOf(providers, provider) } };
}

function blockOf(providers: object, id: string): Block {
  return (providers as Readonly<Record<string, Block | undefined>>)[id] ?? {};
}

const asOutput = (block: pulumi.Output<unknown>) => block as ChosenNetwork["config"];
