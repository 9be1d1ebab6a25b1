/** Examples to copy, for errors that say what to set: complete, and parsed by the tests. */

/** A `stagecraft.yml` to start from. */
export const NETWORK_EXAMPLE = `network:
  provider: tailscale
  providers:
    tailscale:
      tailnet_domain: mytailnet.ts.net
      auth_key_env: TS_AUTHKEY
`;

/** A `Pulumi.<stack>.yaml` to start from; `key` is the full configuration key of the hosts. */
export function hostsExample(key = "pulumi-mesh:hosts"): string {
  return `config:
  ${key}:
    web-1:
      connection: { host: 203.0.113.8, user: root }
`;
}

/** Indents an example, so that it stands out below a sentence. */
export function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "    ");
}
