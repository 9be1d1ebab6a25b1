/** Pure: what a user should know of a node that is joined all the same. A sentence each. */
import { excerpt } from "../../../excerpt";
import type { EnsureJoinedOptions } from "../../contract";
import type { HostFacts } from "../probe/facts";
import { fqdnOf, tagsOf } from "../probe/node";

type Wishes = Pick<EnsureJoinedOptions, "tags" | "extraTags">;

/** What stays so until somebody changes it; a refresh tells it, too. */
export function lastingWarnings(facts: HostFacts, wishes: Wishes): string[] {
  const extra = wishes.extraTags === "keep" ? [] : extraTags(facts, wishes);
  return [
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

/** Moments in a client's life, most of all just after a login, and what a user chose by leaving a flag alone. */
const PASSING =
  /is starting|please wait|logged out|relay|derp|network map|map response|coordination server|not connected|no internet|accept-routes is false|tailnet.lock|locked out|unstable|security update|update available/i;

/** What the client itself warns of: forwarding that is off, a firewall that it cannot set, a resolver in its way. */
export function healthWarnings({ status }: HostFacts): string[] {
  return (status?.Health ?? [])
    .filter((text) => !PASSING.test(text))
    .map((text) => `the client warns: ${excerpt(text, { lines: 3, max: 300 })}`);
}

/** What a command of the client warned of while it did what it was asked: a paragraph each, as it prints them. */
export function saidWarnings(output: string): string[] {
  return output
    .split(/\n(?=\s*(?:warning|#?\s*health check)\b)|\n\s*\n/i)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => /^warning\b/i.test(paragraph) && !PASSING.test(paragraph))
    .map((paragraph) => `the client warns: ${excerpt(paragraph, { lines: 3, max: 300 })}`);
}
