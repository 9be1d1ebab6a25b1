/** Tailnet lock: a node whose key nobody has signed is logged in, and reaches no other (tailscale#6892). */
import { MeshError } from "../../../errors";
import type { HostFacts } from "../probe/facts";

/** Pure: what signs the node; undefined for one that needs no signature. */
function signature({ status }: HostFacts): string | undefined {
  const isLockedOut = (status?.Health ?? []).some((text) => /\bnode is locked out\b/i.test(text));
  if (!isLockedOut) return undefined;
  const key = status?.Self?.PublicKey ?? "";
  return `tailscale lock sign ${/^nodekey:[0-9a-f]+$/.test(key) ? key : "nodekey:..."}`;
}

/** Throws locked-out. The login stays as it is: another one would have another key, which was signed by nobody either. */
export function mustBeSigned(host: string, facts: HostFacts): void {
  const command = signature(facts);
  if (command === undefined) return;
  throw new MeshError({
    kind: "locked-out",
    host,
    message: "the tailnet is locked, and nobody has signed this node: it is logged in and reaches no other",
    remedy: `Run \`${command}\` on a node whose key is trusted, then run \`pulumi up\` again. An auth key that was signed (\`tailscale lock sign tskey-auth-...\`) makes nodes that need none.`,
  });
}

/** For a refresh: a sentence, or none. */
export function lockedOutDrift(facts: HostFacts): string[] {
  const command = signature(facts);
  return command === undefined ? [] : [`the tailnet is locked, and nobody has signed the node (${command})`];
}
