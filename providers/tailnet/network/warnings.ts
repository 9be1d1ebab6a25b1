/** Pure: what a user should know of a node that is joined all the same. A sentence each. */
import { excerpt } from "../../../excerpt";
import type { EnsureJoinedOptions } from "../../contract";
import type { HostFacts } from "../probe/facts";
import { fqdnOf, tagsOf } from "../probe/node";
import { routesOf, without } from "../routes/declared";

/** What a client's file or firewall stays until somebody mends it; said once, and drift when it is new. */
const LASTING = /resolv|\bDNS\b|firewall|iptables|nftables|netfilter|\bforwarding\b/i;

type Wishes = Pick<EnsureJoinedOptions, "tags" | "extraTags" | "flags">;

/** What stays so until somebody changes it; a refresh tells it, too. */
export function lastingWarnings(facts: HostFacts, wishes: Wishes): string[] {
  const extra = wishes.extraTags === "keep" ? [] : extraTags(facts, wishes);
  return [
    ...healthWarnings(facts, wishes).filter((text) => LASTING.test(text)),
    ...(facts.status?.CurrentTailnet?.MagicDNSEnabled === false
      ? [
          `MagicDNS is off in this tailnet, so that the name ${fqdnOf(facts)} does not resolve. Turn it on at the control server, or use the node's addresses.`,
        ]
      : []),
    ...(extra.length === 0
      ? []
      : [
          `the node has tags that are not declared: ${extra.join(", ")}. Declare them, take them away at the control server, or set extraTags to keep.`,
        ]),
  ];
}

/** Tags of the node that nobody declared. */
export function extraTags(facts: HostFacts, { tags }: Pick<Wishes, "tags">): readonly string[] {
  return tagsOf(facts).filter((tag) => !tags.includes(tag));
}

/** Moments in a client's life, most of all just after a login. */
const PASSING =
  /is starting|please wait|logged out|relay|derp|network map|map response|coordination server|not connected|no internet|tailnet.lock|locked out|unstable|security update|update available/i;

/** What we see to ourselves, or say in better words. */
const OURS = /\bforwarding (is disabled|appears|couldn't)|couldn't check system's/i;

/** Pure: what a `tailscale up` or `set` that went through printed as a warning: each to the end of its paragraph. */
export function printedWarnings(output: string): string[] {
  const [, ...parts] = `\n${output}`.split(/\n\s*warning: /i);
  return parts
    .map((text) => text.split(/\n\s*\n/)[0] ?? "")
    .filter((text) => !PASSING.test(text) && !OURS.test(text))
    .map((text) => `the client warns: ${excerpt(text, { lines: 3, max: 300 })}`);
}

/** What the client itself warns of: forwarding that is off, a firewall that it cannot set, a resolver in its way. */
export function healthWarnings(
  { status, servedByOthers }: HostFacts,
  { flags }: Pick<Wishes, "flags">,
): string[] {
  const own = routesOf(flags);
  // A router that stands by is told to use its own route by way of another.
  const standsBy = own.length > 0 && without(servedByOthers, own).length === 0;
  const isRight = (text: string) =>
    (standsBy || flags?.["accept-routes"] !== undefined) && text.includes("--accept-routes is false");
  return (status?.Health ?? [])
    .filter((text) => !PASSING.test(text) && !isRight(text))
    .map((text) => `the client warns: ${excerpt(text, { lines: 3, max: 300 })}`);
}
