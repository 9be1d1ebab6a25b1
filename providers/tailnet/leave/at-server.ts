/** What leaving does at the control server. */
import type { RecordedMembership } from "../../contract";
import { proveRecorded, type Proof, type ProvenNode } from "../../control-server/proof";
import { isRecordedHere } from "../identity/prove";
import type { Target } from "../target";

/** Whether the recorded node is listed still, and is the one that is meant; undefined where nobody can be asked. */
export async function provenAtServer(
  target: Target,
  recorded: RecordedMembership | undefined,
): Promise<Proof | undefined> {
  const { api } = target;
  if (api === undefined || recorded === undefined || !isRecordedHere(target, recorded)) return undefined;
  return proveRecorded(api, recorded);
}

export async function removeAtServer({ ctx, api }: Target, node: ProvenNode): Promise<void> {
  ctx.progress("removing the node at the control server");
  await api?.deleteNode(node);
}
