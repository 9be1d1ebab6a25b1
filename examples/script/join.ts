// The contract's usage example, without Pulumi: joins one host from a plain script. Node runs it as it is:
//   HS_AUTHKEY=... node join.ts HOST ADDRESS LOGIN_SERVER TAILNET_DOMAIN [KEY_FILE]
import { createContext, get } from "pulumi-mesh/providers";
import { connect } from "pulumi-mesh/transport";

const [host = "plat-db-1", address = host, login_server, tailnet_domain, privateKeyPath] =
  process.argv.slice(2);
const config = { login_server, tailnet_domain, auth_key_env: "HS_AUTHKEY" };

const provider = get("headscale");
const session = await connect({ host: address, privateKeyPath }, { host });
try {
  const ctx = createContext(session, { progress: (message) => console.log(`${host}: ${message}`) });
  await provider.ensureInstalled(ctx, { config, host });
  await provider.ensureJoined(ctx, { config, host, tags: ["tag:db"] });
  console.log(provider.nodeFQDN(host, config));
} finally {
  await session.close();
}
