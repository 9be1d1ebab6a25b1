/**
 * A host whose login is refused because it was logged out before: Headscale never lets a tagged node that was logged out log in
 * again (headscale#3371). The client says so at once, and goes on trying until it is told to stop.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import type { ApiNode } from "../../control-server/api";
import { mayBeRefused, proveRefused } from "../../control-server/proof";
import { isHeldBySibling } from "../identity/prove";
import type { Target } from "../target";

const PATTERN = /server says NodeKeyExpired/;

/** Pure: whether a client's words mean that. */
export function isRefusedForLogout(text: string): boolean {
  return PATTERN.test(text);
}

/** Carries what tells which node is in the way. */
export class RefusedForLogout extends MeshError {
  /** Public keys: those that the client tried with, and its machine's. */
  readonly keys: readonly string[];

  constructor(host: string, text: string, clientKey: string | undefined) {
    super({
      kind: "logged-out",
      host,
      message:
        "this host was a tagged node that was logged out, and the control server never lets such a node log in again (NodeKeyExpired)",
      remedy: `Delete its old node at the control server (\`headscale nodes list\` shows it, expired; it may have another name than ${host}), then run \`pulumi up\` again; with api_key_env that is done for you.`,
    });
    this.keys = [
      ...(text.match(/nodekey:[0-9a-f]{64}/g) ?? []),
      ...(clientKey === undefined ? [] : [clientKey]),
    ];
  }
}

/** A node is said to be online for some seconds after its logout; the key that it tries with may be another one by then. */
const WAIT_MS = 20_000;
const PAUSE_MS = 1_000;

/**
 * Removes the node that is in the way, where an API can: the one whose record shows a key that the client tried with just now,
 * or its machine's. True when it is gone, so that the login can be tried again.
 */
export async function removeRefused(
  { api, ctx, host, network }: Target,
  { siblings }: Pick<EnsureJoinedOptions, "siblings">,
  { keys }: RefusedForLogout,
  before: readonly ApiNode[] | undefined,
): Promise<boolean> {
  if (api === undefined || before === undefined) return false;
  let nodes = await api.listNodes();
  let node = proveRefused(nodes, keys, { host, before });
  for (let waited = 0; node === undefined && waited < WAIT_MS; waited += PAUSE_MS) {
    if (!mayBeRefused(nodes, keys, host)) return false;
    ctx.progress("waiting for the control server to notice that the host was logged out");
    await sleep(PAUSE_MS, undefined, { signal: ctx.signal });
    nodes = await api.listNodes();
    node = proveRefused(nodes, keys, { host, before });
  }
  if (node === undefined || isHeldBySibling({ siblings }, node.nodeId, network.knownAs)) return false;
  ctx.progress(
    `removing the node ${node.nodeId} (${node.name}), which this host was before it was logged out`,
  );
  await api.deleteNode(node);
  return true;
}
