/** Installs the client on a host as `pulumi up` does, without joining. */
import type { Lab } from "../../../lab";
import { createContext, get } from "../../../providers";
import { connect } from "../../../transport";
import { connectionTo } from "./lab";
import { installBlock } from "./network";

/** Runs ensureInstalled as the sudo user `admin`, and returns what it said it was doing. */
export async function installClient(
  lab: Lab,
  name: string,
  settings: object = installBlock(lab),
): Promise<string[]> {
  const progress: string[] = [];
  await using session = await connect(connectionTo(lab, name, "admin"), {
    host: "web-1",
    knownHostsFiles: [],
  });
  const ctx = createContext(session, { progress: (message) => void progress.push(message) });
  const config = { login_server: lab.loginServer, tailnet_domain: lab.baseDomain, install: settings };
  await get("headscale").ensureInstalled(ctx, { config, host: "web-1" });
  return progress;
}
