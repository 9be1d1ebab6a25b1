/** Pure: what is in the way of a peer that did not answer (the network, the policy, the peer itself), and what to do about it. */
import { isRefused, type Answer } from "./answers";
import type { Policy } from "./policy";

export interface Cause {
  /** Goes on after `<peer> did not answer: `. */
  readonly text: string;
  /** In the imperative, without a full stop. */
  readonly remedy: string;
}

/** What the control server's API says of a peer; `unknown` where it was not asked, or did not answer. */
export type Listed = "online" | "offline" | "no" | "unknown";

/** The client has no such node in its network map, and so asks the DNS for the name. */
const UNSEEN = /no matching peer|looking up IP|no such host/;

export function causeOf(
  peer: string,
  { stage, rejected, said }: Answer,
  listed: Listed,
  port = 0,
  policy?: Policy,
): Cause {
  if (stage === "port") return ofPort(peer, port, said, rejected, policy);
  return UNSEEN.test(said) ? ofUnseen(peer, listed) : ofSilent(peer, listed, said);
}

function ofUnseen(peer: string, listed: Listed): Cause {
  if (listed === "no")
    return {
      text: "it has not joined: the control server does not list it",
      remedy: `See that ${peer} joins`,
    };
  if (listed !== "unknown")
    return {
      text: "the policy is in the way: the control server lists it, and does not show it to this host",
      remedy: `Let this host reach ${peer} in the policy`,
    };
  return {
    text: "this host knows no such node: it has not joined, or the policy hides it",
    remedy: `See whether ${peer} has joined, and whether the policy lets this host reach it`,
  };
}

function ofSilent(peer: string, listed: Listed, said: string): Cause {
  if (listed === "offline")
    return {
      text: "it is offline at the control server",
      remedy: `See that ${peer} is up and its tailscaled runs`,
    };
  const reason = said === "" || said === "no reply" ? "" : ` (${said})`;
  const isUp = listed === "online";
  return {
    text: `${isUp ? "the network is in the way" : "it is down, or the network is in the way"}: nothing comes back over the mesh, neither directly nor by a relay${reason}`,
    remedy: `See ${isUp ? "" : `whether ${peer} is up, and `}with \`tailscale netcheck\` on both whether UDP or a relay gets through`,
  };
}

function ofPort(
  peer: string,
  port: number,
  said: string,
  rejected: string | undefined,
  policy: Policy,
): Cause {
  const reached = `it answers over the mesh, and port ${port}`;
  if (rejected === "acl" || policy === "forbids")
    return {
      text: `the policy is in the way${rejected === "acl" ? "" : `, ${TESTED}`}: ${reached} is not let through to this host`,
      remedy: `Let this host reach port ${port} of ${peer} in the policy`,
    };
  if (rejected === "shields")
    return {
      text: `${reached} is shut by its flag shields-up`,
      remedy: `Set shields-up of ${peer} to false`,
    };
  if (isRefused({ said }))
    return {
      text: `${reached} refuses the connection: nothing listens there`,
      remedy: `Start what shall listen at port ${port} of ${peer}`,
    };
  const reason = [rejected, said].filter((each) => each !== undefined && each !== "").join(", ");
  const silent = `${reached} does not${reason === "" ? "" : ` (${reason})`}`;
  if (policy === "lets")
    return {
      text: `${silent}: a firewall there is in the way, for the policy lets it through, ${TESTED}`,
      remedy: `See whether a firewall on ${peer} lets this host reach port ${port}`,
    };
  const unasked =
    policy === undefined ? "" : `; which of them, the control server could not be asked (${policy.unasked})`;
  return {
    text: `${silent}: the policy or a firewall there is in the way${unasked}`,
    remedy: `See whether the policy lets this host reach port ${port} of ${peer}, and whether a firewall there does`,
  };
}

const TESTED = "as the control server's own test of it says";
