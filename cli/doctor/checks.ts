/** Pure: what a look at a host says of each thing that a join needs. */
import type { Finding } from "../../providers";
import type { Connection } from "../../transport";
import type { Look } from "../../mesh/look/look";

/** The columns, in the order in which a person would look. */
export const CHECKS = [
  "ssh",
  "host key",
  "sudo",
  "system",
  "client",
  "tun",
  "ports",
  "clock",
  "control",
] as const;
export type Check = (typeof CHECKS)[number];

/** Where the host is reached; `local` is this machine. */
export function addressOf(connection: Connection): string {
  if (connection === "local") return connection;
  const { host, port = 22 } = connection;
  return port === 22 ? host : `${host}:${port}`;
}

/** One finding a check; what could not be looked at is unknown. */
export function findingsOf(look: Look): Finding[] {
  const found = [...reachFindings(look), ...(look.survey?.findings ?? [])];
  return CHECKS.map(
    (check) =>
      found.find((each) => each.check === check) ?? { check, level: "unknown", text: "not looked at" },
  );
}

function reachFindings({ host, reached, hostKey, error, survey }: Look): Finding[] {
  const fault = (check: Check): Finding => ({
    check,
    level: "fault",
    text: error?.detail ?? "",
    remedy: error?.remedy,
  });
  const ok = (check: Check, text: string): Finding => ({ check, level: "ok", text });
  if (!reached)
    return error?.kind === "host-key-mismatch" ? [ok("ssh", "answers"), fault("host key")] : [fault("ssh")];
  const seen =
    host.connection === "local"
      ? [ok("ssh", "this machine"), ok("host key", "none needed")]
      : [ok("ssh", "logged in"), ok("host key", hostKey?.split(" ")[0] ?? "accepted")];
  if (error === undefined) return [...seen, ...(survey === undefined ? [] : [ok("sudo", "root")])];
  return [...seen, error.kind === "not-permitted" ? fault("sudo") : { ...fault("system") }];
}
