/** Logs a client out, and reads what came of it. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { LogoutGrant } from "../identity/hold";
import { installScript } from "../install/scripts";
import { hostScript } from "../scripts";
import type { HostFacts } from "../probe/facts";
import { isLoggedIn, isStale } from "../probe/node";
import type { Target } from "../target";

/**
 * The facts of a client that has no login any more. One that was logged out and goes on as the node that it was, since its
 * control server does not know it, is restarted: it would neither work nor log in again. Throws join-failed when it is still
 * logged in. The grant says that nobody else holds the host. `forGood`: nobody holds the host from now on.
 */
export async function logout(
  target: Target,
  _grant: LogoutGrant,
  { forGood = false }: { readonly forGood?: boolean } = {},
): Promise<HostFacts> {
  const { host, ctx, run } = target;
  ctx.progress("logging out");
  const ask = () => run({ label: "logout", script: forGood ? hostScript("leave") : hostScript("logout") });
  const { output, facts } = await ask();
  let after = await withoutStaleNode(target, facts);
  // A server that lost the node may refuse the first time, while the client still tries to come back with its former key.
  if (isStale(facts) && isLoggedIn(after)) after = (await ask()).facts;
  if (!isLoggedIn(after)) return after;
  throw new MeshError({
    kind: "join-failed",
    host,
    message: `the node did not log out: ${excerpt(output)}`,
    remedy: "Run `tailscale logout` on the host, then run the command again.",
  });
}

/** Restarts a client that goes on as the node that it was before its logout; the facts of any other as they are. */
export async function withoutStaleNode(target: Target, facts: HostFacts): Promise<HostFacts> {
  if (!isStale(facts)) return facts;
  target.ctx.progress("restarting tailscaled, which goes on as a node that was logged out");
  return (
    await target.run({ label: "restart-daemon", script: installScript("start-daemon"), args: ["restart"] })
  ).facts;
}
