/** Two declarations on one machine, and two machines with one node: a copy of a disk has the client's keys, too. */
import { MeshError } from "../../../errors";
import type { EnsureJoinedOptions, Holding } from "../../contract";
import type { ApiNode } from "../../control-server/api";
import { ridesMesh } from "../guard/rides-mesh";
import { installScript } from "../install/scripts";
import { lastLines } from "../install/errors";
import { normalizeUrl } from "../network/match";
import type { HostFacts } from "../probe/facts";
import { areTwoMachines, isCopyOf, type Machine } from "../probe/machine";
import { isLoggedIn } from "../probe/node";
import type { Target } from "../target";

type Wishes = Pick<EnsureJoinedOptions, "declaration" | "siblings" | "onClone" | "recorded">;

/** What the host has in common with whom: the machine itself, or only what a copy of its disk shares. */
export type Conflict =
  { readonly with: string; readonly shares: "machine" } | { readonly with: string; readonly shares: "copy" };

/** Pure: what the program's other declarations and the host's own mark tell. */
export function findConflict(facts: HostFacts, { declaration, siblings }: Wishes): Conflict | undefined {
  const own = holdingOf(facts);
  for (const other of siblings?.others() ?? []) {
    if (other.leadsHere === true || isOneMachine(own.machine, other.machine))
      return { with: other.label, shares: "machine" };
    if (isOneNode(own, other) || sameKey(own.machine, other.machine))
      return { with: other.label, shares: "copy" };
  }
  const { mark, machine } = facts;
  const isCopy = mark !== undefined && mark.id !== declaration?.id && mark.label !== declaration?.label;
  return isCopy && isCopyOf(mark.machine, machine) ? { with: mark.label, shares: "copy" } : undefined;
}

/** Pure: the node whose machine is at work elsewhere with the key that this logged-out client has, too. */
export function findTwin(
  { machine }: HostFacts,
  nodes: readonly ApiNode[],
  recorded: Wishes["recorded"],
): ApiNode | undefined {
  return nodes.find(
    ({ machineKey, nodeId, online, loggedOut }) =>
      machineKey !== undefined &&
      machineKey === machine.clientKey &&
      online &&
      loggedOut !== true &&
      nodeId !== recorded?.nodeId,
  );
}

/** Pure: what this declaration leads to. */
export function holdingOf(facts: HostFacts): Omit<Holding, "label" | "name"> {
  const nodeId = isLoggedIn(facts) ? facts.status?.Self?.ID : undefined;
  return { machine: facts.machine, nodeId, loginServer: facts.prefs?.ControlURL };
}

/**
 * Ends with the facts of a host that shares nothing with others: throws declared-twice for one machine with two declarations,
 * cloned for a copy; under `onClone: "reset"` the copy forgets the state that it was copied with.
 */
export async function mustBeItself(
  target: Target,
  wishes: Wishes,
  conflict: Conflict | undefined,
): Promise<void> {
  if (conflict === undefined) return;
  const { host, ctx } = target;
  if (conflict.shares === "machine") {
    throw new MeshError({
      kind: "declared-twice",
      host,
      message: `the connection leads to the same machine as that of ${conflict.with}`,
      remedy:
        "Correct the address of one of the two, or remove one declaration. Nothing was changed on the host.",
    });
  }
  if (wishes.onClone !== "reset") throw cloned(host, conflict.with);
  if (ridesMesh(await target.facts())) throw wouldCutItself(host, conflict.with);
  ctx.progress("a copied machine: its client forgets the state that it was copied with");
  const { code, output } = await target.run({ label: "reset-state", script: installScript("reset-state") });
  if (code !== 0)
    throw new MeshError({
      kind: "cloned",
      host,
      message: `the client of the copied machine did not come up without its state: ${lastLines(output)}`,
      remedy: "Look at `journalctl -u tailscaled` on the host, then run `pulumi up` again.",
    });
  ctx.warn(`${host}: the machine was made from a copy of ${conflict.with}, and got a key of its own`);
}

function cloned(host: string, original: string): MeshError {
  return new MeshError({
    kind: "cloned",
    host,
    message: `the machine is a copy of ${original}: its client has the same keys, and the two would share one node`,
    remedy:
      "Set onClone to reset, so that this machine gets a key of its own; or run `systemctl stop tailscaled; rm /var/lib/tailscale/tailscaled.state; systemctl start tailscaled` on it, and `pulumi up` again. Make images before the client is started in them.",
  });
}

/** Nothing could put it back: the node by which the host is reached is what goes. */
function wouldCutItself(host: string, original: string): MeshError {
  return new MeshError({
    kind: "would-lock-out",
    host,
    message: `the machine is a copy of ${original}, and its client cannot forget the keys that it was copied with: the connection comes through the mesh, by the very node that would go`,
    remedy: "Set the host's connection to an address outside the mesh, then run `pulumi up` again.",
  });
}

/** Both known, nothing differs, and something is the same. */
function isOneMachine(a: Machine | undefined, b: Machine | undefined): boolean {
  if (a === undefined || b === undefined || areTwoMachines(a, b)) return false;
  return (["machineId", "mac"] as const).some((key) => a[key] !== undefined && a[key] === b[key]);
}

function isOneNode(a: Omit<Holding, "label">, b: Holding): boolean {
  if (a.nodeId === undefined || a.nodeId !== b.nodeId) return false;
  return normalizeUrl(a.loginServer ?? "") === normalizeUrl(b.loginServer ?? "");
}

const sameKey = (a: Machine | undefined, b: Machine | undefined) =>
  a?.clientKey !== undefined && a.clientKey === b?.clientKey;
