/** What a host's properties are called. People read the engine's in every diff, so these are a program's words; the handlers have their own. Pure. */
import { HIDDEN_URN, shortUrn } from "./urn";

type Properties = Readonly<Record<string, unknown>>;

/**
 * The handlers' properties as the engine is told them: `nodeName` for `name`, `network` for the provider and its block. The block's key
 * names the provider: the state of a fleet grows with each byte of a host's.
 */
export function asWritten({
  name,
  provider,
  module,
  config,
  progressUrn,
  ...others
}: Properties): Properties {
  const network = { ...(module === undefined ? {} : { module }), providers: { [String(provider)]: config } };
  const urn = typeof progressUrn === "string" ? { [HIDDEN_URN]: shortUrn(progressUrn) } : {};
  return { ...others, nodeName: name, network, ...urn };
}

/** The reverse; what has the handlers' names stays. */
export function asKnown({ nodeName, network, ...others }: Properties): Properties {
  return {
    ...(nodeName === undefined ? {} : { name: nodeName }),
    ...(network === undefined ? {} : chosenOf(network)),
    ...others,
  };
}

/** What is unknown in a preview is so of both: a provider whose block is known is known, too. */
function chosenOf(network: unknown): Properties {
  const { module, providers } = isObject(network) ? network : { providers: network };
  const [chosen = []] = isObject(providers) ? Object.entries(providers) : [[providers, providers]];
  const [provider, config] = chosen;
  return { provider, config, ...(module === undefined ? {} : { module }) };
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}
