/** Ensures that a host is no node any more: logged out, and deleted at the control server where an API can do it. */
import { isMeshError, MeshError } from "../../errors";
import type { EnsureLeftOptions, LeftReport, ProviderContext } from "../contract";
import type { ClientConfig } from "./config";
import type { ClientFlavor } from "./flavor";
import { isLoggedIn } from "./node";
import { readFacts, run } from "./run";
import { LOGOUT } from "./scripts";

/** With the API the node goes also when the host is gone; without it the host has to be reached to log out. */
export async function leave<C extends ClientConfig>(
  ctx: ProviderContext,
  flavor: ClientFlavor<C>,
  config: C,
  { host, nodeId, moved }: EnsureLeftOptions,
): Promise<LeftReport> {
  const api = flavor.openApi?.(config, ctx, host);
  if (moved === true) {
    if (api !== undefined && nodeId !== undefined && (await api.deleteNode(nodeId)))
      return { outcome: "removed" };
    return {
      outcome: "absent",
      staysBehind: `${host} has moved; its former node${nodeId === undefined ? "" : ` ${nodeId}`} stays listed at ${flavor.loginServer(config)} until it is deleted there`,
    };
  }
  const loggedOut = await logout(ctx, host).catch((error: unknown) => {
    if (api !== undefined && nodeId !== undefined && isMeshError(error)) return error;
    throw error;
  });
  if (api !== undefined && nodeId !== undefined) {
    ctx.progress("removing the node at the control server");
    await api.deleteNode(nodeId);
    if (!(loggedOut instanceof Error)) return { outcome: "removed" };
    return {
      outcome: "removed",
      staysBehind: `${host} was removed at the control server, but its client was not logged out: ${loggedOut.detail}`,
    };
  }
  if (loggedOut === "absent") return { outcome: "absent" };
  return {
    outcome: "logged-out",
    staysBehind: `${host} is logged out, but stays listed at the control server, which may refuse to let it join again: delete the node${nodeId === undefined ? "" : ` ${nodeId}`} there, or set api_key_env so that this is done for you`,
  };
}

async function logout(ctx: ProviderContext, host: string): Promise<"logged-out" | "absent"> {
  const before = await readFacts(ctx, host);
  if (!isLoggedIn(before)) return "absent";
  ctx.progress("logging out");
  const { output, facts } = await run(ctx, host, { label: "logout", script: LOGOUT });
  if (!isLoggedIn(facts)) return "logged-out";
  throw new MeshError({
    kind: "join-failed",
    host,
    message: `the node did not log out: ${output.trim().split("\n")[0] ?? ""}`,
    remedy: "Run `tailscale logout` on the host, then run `pulumi destroy` again.",
  });
}
