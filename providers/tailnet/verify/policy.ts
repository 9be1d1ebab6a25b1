/** Asks the control server whether its policy is in the way of ports, where the host's own client has not heard why. */
import { isMeshError } from "../../../errors";
import type { ApiNode, ControlServerApi } from "../../control-server/api";
import type { PolicyVerdict } from "../../control-server/policy-test";
import { isRefused, type Answer } from "./answers";

/** `unasked`: why nobody could be asked. Undefined where the control server has no answer. */
export type Policy = PolicyVerdict | { readonly unasked: string } | undefined;

/** A peer, as far as it came, and its node as the control server lists it. */
export interface Peer {
  readonly answer: Answer;
  readonly node: ApiNode | undefined;
}

/** One call, and none where the host tells it itself. An answer that fails is one more thing to say, never an error of its own. */
export async function askPolicy(
  api: ControlServerApi | undefined,
  from: ApiNode | undefined,
  peers: readonly Peer[],
  port: number | undefined,
): Promise<(peer: Peer) => Policy> {
  const addressOf = ({ answer, node }: Peer) => (isUnclear(answer) ? node?.addresses[0] : undefined);
  const addresses = peers.map(addressOf).filter((address) => address !== undefined);
  if (api?.testPolicy === undefined || from === undefined || port === undefined || addresses.length === 0)
    return () => undefined;
  try {
    const verdicts = await api.testPolicy({ from, addresses, port });
    return (peer) => verdicts.get(addressOf(peer) ?? "");
  } catch (error) {
    if (!isMeshError(error)) throw error;
    return (peer) => (addressOf(peer) === undefined ? undefined : { unasked: error.detail });
  }
}

/** A port that says nothing: a policy drops what it does not let through, and so does a firewall. */
function isUnclear(answer: Answer): boolean {
  return answer.stage === "port" && answer.rejected === undefined && !isRefused(answer);
}
