/** What a host's properties are called. People read the engine's in every diff, so these are a program's words; the handlers have their own. Pure. */
import { HIDDEN_URN, shortUrn } from "./urn";

type Properties = Readonly<Record<string, unknown>>;

/** The handlers' properties as the engine is told them: `nodeName` for `name`, `network` for the provider and its block. */
export function asWritten({
  name,
  provider,
  module,
  config,
  progressUrn,
  ...others
}: Properties): Properties {
  const network = {
    provider,
    ...(module === undefined ? {} : { module }),
    providers: { [String(provider)]: config },
  };
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

/** A network that is unknown in a preview has an unknown provider, and an unknown block. */
function chosenOf(network: unknown): Properties {
  if (typeof network !== "object" || network === null) return { provider: network, config: network };
  const { provider, module, providers } = network as Properties;
  const isKnown = typeof providers === "object" && providers !== null;
  const config = isKnown ? (providers as Properties)[String(provider)] : providers;
  return { provider, config, ...(module === undefined ? {} : { module }) };
}
