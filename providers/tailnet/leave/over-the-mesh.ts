/** Leaves the mesh over a connection that rides it: the host goes on alone, and what can be confirmed is confirmed. */
import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { LogoutGrant } from "../identity/hold";
import type { InstallStep } from "../install/way";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn } from "../probe/node";
import { hostScript } from "../scripts";
import type { Target } from "../target";

/** The host starts 2 s after it was told, and needs a few for it. */
const LEAVING_MS = 8_000;
/** A host that can still be reached after that answers at once, by its connection when nobody answers in the mesh any more. */
const ANSWER_MS = 8_000;
const ANSWER_BY_CONNECTION_MS = 20_000;

/**
 * Logs out, then takes the step that is given. Resolves with `unconfirmed` when the host cannot be reached any more, as it
 * should be; with `logged-out` when it can (by another way) and says so. Throws join-failed when it is still logged in.
 */
export async function leaveOverTheMesh(
  target: Target,
  _grant: LogoutGrant,
  after: InstallStep | undefined,
): Promise<"logged-out" | "unconfirmed"> {
  const { host, ctx } = target;
  ctx.progress("logging out, over the mesh itself");
  const rest = after === undefined ? [] : [after.script, ...after.args];
  const argv = ["sh", "-c", hostScript("farewell"), "pulumi-mesh", hostScript("leave"), ...rest];
  const { code, stderr } = await ctx.session.exec(argv, { label: "farewell", asRoot: true });
  if (code !== 0) throw cannotGoOnAlone(host, excerpt(stderr, { from: "end" }));
  await sleep(LEAVING_MS, undefined, { signal: ctx.signal });
  const facts = await factsIfReachable(target);
  if (facts === undefined) return "unconfirmed";
  if (!isLoggedIn(facts)) return "logged-out";
  throw new MeshError({
    kind: "join-failed",
    host,
    message: "the node did not log out when it was told to, over the mesh itself",
    remedy: "Run `tailscale logout` on the host, then run `pulumi destroy` again.",
  });
}

function cannotGoOnAlone(host: string, why: string): MeshError {
  return new MeshError({
    kind: "not-permitted",
    host,
    message: `it cannot log out over the mesh itself, since nothing there goes on without the connection: ${why}`,
    remedy:
      "Install util-linux (or BusyBox with setsid) on the host, or set its connection to an address outside the mesh; then run `pulumi destroy` again.",
  });
}

/** The facts of a host that can be reached all the same. */
async function factsIfReachable({ ctx, run }: Target): Promise<HostFacts | undefined> {
  const giveUp = new AbortController();
  const limit = ctx.session.meshAddress === undefined ? ANSWER_MS : ANSWER_BY_CONNECTION_MS;
  const timer = setTimeout(() => giveUp.abort(), limit);
  try {
    await ctx.session.reconnect({ signal: giveUp.signal });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
  return (await run({ label: "probe", script: hostScript("probe"), readOnly: true })).facts;
}
