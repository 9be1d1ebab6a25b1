/** The node of a server that was replaced: it gives way once it is known to be ours, and gone. */
import { setTimeout as sleep } from "node:timers/promises";
import { isMeshError } from "../../../errors";
import type { EnsureJoinedOptions } from "../../contract";
import { proveRecorded, type Proof, type ProvenNode } from "../../control-server/proof";
import { mayLogOut } from "../identity/hold";
import { isHeldBySibling, isRecordedHere } from "../identity/prove";
import { logout } from "../leave/logout";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { withSession, type Target } from "../target";
import { stillOnline } from "./errors";

type Wishes = Pick<EnsureJoinedOptions, "recorded" | "reachFormer" | "siblings" | "declaration">;

/** How long a node is waited for that may go offline: control servers take a machine that is gone for online for a while. */
const WAIT_MS = 90_000;
const PAUSE_MS = 3_000;

/**
 * Removes the node that an earlier run recorded under this declaration, if it holds the name: after it was logged out over the
 * connection by which its machine was reached then, or once it is offline at the control server. Leaves it alone when the
 * record does not match, or another declaration holds it. Throws name-taken when it stays online.
 */
export async function removePredecessor(
  target: Target,
  wishes: Wishes,
  present: HostFacts,
  { waitMs = WAIT_MS, pauseMs = PAUSE_MS } = {},
): Promise<void> {
  const { host, ctx, api, network } = target;
  const { recorded } = wishes;
  if (api === undefined || recorded === undefined || !isRecordedHere(target, recorded)) return;
  if (recorded.nodeId === present.status?.Self?.ID) return;
  const proof = await proveRecorded(api, recorded);
  if (!proof.ok || proof.node.name !== host) return;
  if (isHeldBySibling(wishes, recorded.nodeId, network.knownAs)) return;

  let last: Proof = proof;
  const isOver = async () => {
    last = await proveRecorded(api, recorded);
    return !last.ok || !last.node.online;
  };
  const over =
    (await logOutThere(target, wishes, proof.node)) || (await within(waitMs, pauseMs, isOver, target));
  if (!over) throw stillOnline(host, recorded.nodeId);
  if (!last.ok) return; // It has gone by itself, or the id is another node's meanwhile.
  await api.deleteNode(last.node);
  ctx.warn(
    `${host}: the connection leads to another machine than before; its former node ${recorded.nodeId} was removed, so that the new one has its name`,
  );
}

/** Over the former connection: true when the node was there, was ours, and is logged out now. */
async function logOutThere(
  target: Target,
  { reachFormer, declaration, recorded }: Wishes,
  node: ProvenNode,
): Promise<boolean> {
  if (reachFormer === undefined) return false;
  target.ctx.progress(`asking the former machine of the node ${node.nodeId}`);
  try {
    await using session = await reachFormer();
    if (session === undefined) return false;
    const former = withSession(target, session);
    const facts = await former.facts();
    const grant = mayLogOut(facts, declaration);
    const isOurs = facts.status?.Self?.ID === recorded?.nodeId;
    if (!isLoggedIn(facts) || !isOurs || grant === undefined) return false;
    await logout(former, grant, { forGood: true });
    return true;
  } catch (error) {
    if (isMeshError(error)) return false; // Nobody answers there: it may be gone, and the control server will notice.
    throw error;
  }
}

async function within(
  waitMs: number,
  pauseMs: number,
  test: () => Promise<boolean>,
  { ctx }: Target,
): Promise<boolean> {
  const end = performance.now() + waitMs;
  for (;;) {
    if (await test()) return true;
    const left = end - performance.now();
    if (left <= 0) return false;
    ctx.progress(`waiting for the former node to go offline, ${Math.ceil(left / 1000)} s at most`);
    await sleep(Math.min(pauseMs, left), undefined, { signal: ctx.signal });
  }
}
