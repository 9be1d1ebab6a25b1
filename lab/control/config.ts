/** Headscale's configuration and access policy for a lab: pure functions from its name and addresses. */
import { join } from "node:path";
import { stringify } from "yaml";
import { labNames } from "../network/names";
import { controlAddress, type Subnet } from "../network/subnet";
import type { LabPaths } from "../paths";

/** The user that all of a lab's keys belong to. */
export const USER = "lab";

/** Every tag that a key may carry in the lab. `tag:forbidden` is not among them, so that a refusal can be seen. */
export const ALLOWED_TAGS = [
  "a",
  "app",
  "b",
  "c",
  "canary",
  "cache",
  "ci",
  "db",
  "dev",
  "edge",
  "exit",
  "gateway",
  "lab",
]
  .concat(["monitoring", "prod", "queue", "router", "server", "staging", "test", "web", "worker"])
  .map((tag) => `tag:${tag}`);

/** Everything may talk to everything; whoever holds a key of the lab may carry the tags above. */
export function buildPolicy(): string {
  const tagOwners = Object.fromEntries(ALLOWED_TAGS.map((tag) => [tag, [`${USER}@`]]));
  const policy = { tagOwners, acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }] };
  return `${JSON.stringify(policy, undefined, 2)}\n`;
}

/** The URL that nodes log in to and that the package's API client calls. */
export function loginServer(lab: string): string {
  return `https://${labNames(lab).controlServer}`;
}

export function buildHeadscaleConfig(lab: string, subnet: Subnet, paths: LabPaths): string {
  const address = controlAddress(subnet);
  const file = (name: string) => join(paths.headscale, name);
  return stringify({
    server_url: loginServer(lab),
    // Only on the lab's own address: two labs use the same ports.
    listen_addr: `${address}:443`,
    metrics_listen_addr: `${address}:9090`,
    grpc_listen_addr: `${address}:50443`,
    grpc_allow_insecure: false,
    unix_socket: file("headscale.sock"),
    unix_socket_permission: "0700",
    tls_cert_path: paths.serverCertificate,
    tls_key_path: paths.serverKey,
    noise: { private_key_path: file("noise.key") },
    prefixes: { v4: "100.64.0.0/10", v6: "fd7a:115c:a1e0::/48", allocation: "sequential" },
    database: { type: "sqlite", sqlite: { path: file("db.sqlite"), write_ahead_log: true } },
    derp: {
      server: {
        enabled: true,
        region_id: 999,
        region_code: "lab",
        region_name: "The lab's relay",
        verify_clients: true,
        stun_listen_addr: `${address}:3478`,
        private_key_path: file("derp.key"),
        automatically_add_embedded_derp_region: true,
        ipv4: address,
      },
      urls: [],
      paths: [],
      auto_update_enabled: false,
      update_frequency: "24h",
    },
    disable_check_updates: true,
    node: { expiry: 0, ephemeral: { inactivity_timeout: "30m" } },
    policy: { mode: "database" },
    dns: {
      magic_dns: true,
      base_domain: labNames(lab).baseDomain,
      override_local_dns: false,
      nameservers: { global: [], split: {} },
      search_domains: [],
      extra_records: [],
    },
    logtail: { enabled: false },
    log: { level: "info", format: "text" },
  });
}
