/** Whose host it is: the mark on it says which declaration holds it. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { Declaration, EnsureJoinedOptions } from "../../contract";
import type { HostFacts } from "../probe/facts";
import { formatMark, type Mark } from "../probe/mark";
import { MARK_FILE } from "../scripts/constants";
import { hostScript } from "../scripts";
import type { Target } from "../target";

/**
 * Pure: the declaration that holds the host, when it is another one. An unmarked host is nobody else's: it was joined before
 * there were marks, by hand, or its disk cannot be written.
 */
export function otherHolder({ mark }: HostFacts, own: Declaration | undefined): Declaration | undefined {
  return mark === undefined || mark.id === own?.id ? undefined : { id: mark.id, label: mark.label };
}

declare const granted: unique symbol;

/** The proof that a host may be logged out; only `mayLogOut` and `loggedInHere` make one. */
export type LogoutGrant = { readonly [granted]: true };

/** Pure: undefined for a host that another declaration holds. */
export function mayLogOut(facts: HostFacts, own: Declaration | undefined): LogoutGrant | undefined {
  return otherHolder(facts, own) === undefined ? ({} as LogoutGrant) : undefined;
}

/** Pure: for a login of this provider call, and for one that the control server, asked, does not list: nobody loses it. */
export function loggedInHere(_report: { readonly listed: false } | { readonly byUs: true }): LogoutGrant {
  return {} as LogoutGrant;
}

/** Throws held-elsewhere for a host that another declaration holds, unless it may be taken over. */
export function mustBeFree(
  host: string,
  facts: HostFacts,
  { declaration, takeOver }: Pick<EnsureJoinedOptions, "declaration" | "takeOver">,
): void {
  const holder = otherHolder(facts, declaration);
  if (holder === undefined || takeOver === true || declaration === undefined) return;
  throw new MeshError({
    kind: "held-elsewhere",
    host,
    message: `the host is held by ${holder.label} by now`,
    remedy:
      "Remove one of the two declarations. If this one shall hold the host, run `pulumi up --replace` with its URN: a new declaration takes the host over.",
  });
}

/** Marks the host as held by this declaration, where it is not yet: one exec. Says from whom it was taken. */
export async function takeHold(
  target: Target,
  { declaration, siblings }: Pick<EnsureJoinedOptions, "declaration" | "siblings">,
): Promise<HostFacts> {
  const facts = await target.facts();
  if (declaration === undefined) return facts;
  const { clientKey: _key, hostKey: _hostKey, ...machine } = facts.machine;
  // What this stack declares leads elsewhere by now, and what it does not declare any more is about to be removed.
  const declared = [declaration.label, ...(siblings?.others() ?? []).map(({ label }) => label)];
  const mark: Mark = { ...declaration, machine, former: formerHolders(facts, declaration, declared) };
  if (facts.mark !== undefined && formatMark(facts.mark) === formatMark(mark)) return facts;
  const before = otherHolder(facts, declaration);
  const args = [facts.mark?.id ?? "", formatMark(mark)];
  const after = (await target.run({ label: "mark", script: hostScript("write-mark"), args, partial: true }))
    .facts;
  if (before !== undefined && after.mark?.id === declaration.id && !declared.includes(before.label)) {
    if (stackOf(before.label) === stackOf(declaration.label))
      target.ctx.progress(`taken over from ${before.label}`);
    else
      target.ctx.warn(
        `${target.host}: taken over from ${before.label}; if it is still declared there, that stack leaves the host alone from now on`,
      );
  }
  const winner = otherHolder(after, declaration);
  if (winner !== undefined && winner.id !== before?.id)
    target.ctx.warn(`${target.host}: ${winner.label} took the host at the same time, and holds it now`);
  return after;
}

/** Stack and project of a URN: a resource of one's own stack that is not declared any more is about to be removed. */
function stackOf(label: string): string {
  return label.split("::").slice(0, 2).join("::");
}

/** Those who may still declare the host. */
function formerHolders(
  { mark }: HostFacts,
  own: Declaration,
  declared: readonly string[],
): readonly Declaration[] {
  if (mark === undefined) return [];
  const last = mark.id === own.id ? [] : [{ id: mark.id, label: mark.label }];
  return [...mark.former, ...last].filter(
    ({ id, label }) => id !== own.id && !declared.includes(label) && stackOf(label) !== stackOf(own.label),
  );
}

/** Takes this declaration out of the list of those who held the host before, and may declare it still. */
export async function letGo(target: Target, { mark }: HostFacts, own: Declaration): Promise<void> {
  if (mark?.former.some(({ id }) => id === own.id) !== true) return;
  await rewrite(
    target,
    mark.id,
    formatMark({ ...mark, former: mark.former.filter(({ id }) => id !== own.id) }),
  );
}

/**
 * Gives the host back to the declaration that it was taken over from; undefined when there is none. Where the mark cannot be
 * written, the host is the former declaration's all the same, and a warning says so.
 */
export async function giveBack(
  target: Target,
  { mark }: HostFacts,
  own: Declaration | undefined,
): Promise<Declaration | undefined> {
  const to = mark?.former.at(-1);
  if (mark === undefined || to === undefined || mark.id !== own?.id) return undefined;
  await rewrite(
    target,
    mark.id,
    formatMark({ ...to, machine: mark.machine, former: mark.former.slice(0, -1) }),
  );
  return to;
}

/** Leaves the host as it is, held by nobody, or by the one from whom it was taken over. */
export async function release(target: Target, declaration: Declaration | undefined): Promise<void> {
  const facts = await target.facts();
  if (declaration === undefined || facts.mark === undefined) return;
  if (facts.mark.id !== declaration.id) return letGo(target, facts, declaration);
  if ((await giveBack(target, facts, declaration)) !== undefined) return;
  await rewrite(target, declaration.id, "");
}

/** The mark that `held` has on the host becomes `text`; a disk that cannot be written is a warning. */
async function rewrite({ run, ctx, host }: Target, held: string, text: string): Promise<void> {
  const args = [held, text];
  const { code, output } = await run({
    label: "mark",
    script: hostScript("write-mark"),
    args,
    partial: true,
  });
  if (code === 0) return;
  const why = excerpt(output) || "another run has just written it";
  ctx.warn(
    `${host}: who holds the host from now on could not be written down in ${MARK_FILE}, which still names this stack (${why}). Remove the file there.`,
  );
}
