/** Turns what a failed login printed into an error kind with a remedy. */
import { MeshError, type ErrorKind } from "../../../errors";
import { excerpt } from "../../../excerpt";

interface Rule {
  readonly kind: ErrorKind;
  readonly pattern: RegExp;
  readonly message: string;
  readonly remedy: string;
}

/** Texts as seen from Headscale (0.27 to 0.29) and from Tailscale's client and control server; the first match wins. */
const RULES: readonly Rule[] = [
  {
    kind: "key-invalid",
    pattern: /token exchange failed with status|federated identity (authkeys require --id-token|requires)/i,
    message: "the host could not log in with its own identity",
    remedy:
      "Where its token is refused, compare issuer, subject and audience with those of the federated identity in the admin console; where its platform gives it none, set workloadIdentity.idTokenFile to a file that holds one.",
  },
  {
    kind: "key-used",
    pattern: /auth[- ]?key.*already (been )?used/i,
    message: "the control server says that the auth key was used already",
    remedy:
      "Put a fresh key into the variable that auth_key_env names (a reusable one for several hosts) and run `pulumi up` again: hosts that joined are left alone.",
  },
  {
    kind: "key-expired",
    pattern: /auth[- ]?key (has )?expired/i,
    message: "the control server says that the auth key has expired",
    remedy:
      "Create a fresh auth key, put it into the variable that auth_key_env names, and run `pulumi up` again.",
  },
  {
    kind: "tag-refused",
    pattern:
      /requested tags \[.*\] are invalid or not permitted|tags? .* (is|are) (invalid|not permitted)|not permitted to (use|assign) tag/i,
    message: "the control server refused the requested tags",
    remedy:
      "Let the key's owner assign these tags (tagOwners in the policy), or create the auth key with exactly these tags.",
  },
  {
    kind: "key-invalid",
    pattern:
      /invalid (pre)? ?(auth)? ?key|failed to parse auth-?key|auth[- ]?key not found|unable to validate API key|key .*(not valid|does not exist)/i,
    message: "the control server does not accept the auth key",
    remedy:
      "Check that the variable that auth_key_env names holds a complete auth key of this control server.",
  },
  {
    kind: "approval-needed",
    pattern: /machine auth|NeedsMachineAuth|device approval/i,
    message: "the node waits for approval at the control server",
    remedy:
      "Approve the node in the admin console (or use a pre-approved auth key), then run `pulumi up` again.",
  },
  {
    kind: "control-server",
    pattern: /unexpected HTTP response|no upgrade header/i,
    message: "something between the host and the control server does not pass on the client's protocol",
    remedy:
      "Have the reverse proxy in front of the control server pass on the headers Upgrade and Connection (nginx takes `proxy_http_version 1.1` and both set; some call it websockets), then run `pulumi up` again.",
  },
  {
    kind: "control-server",
    pattern: /fetch control key|connection refused|no such host|i\/o timeout|x509|certificate/i,
    message: "the host cannot reach the control server",
    remedy:
      "Check from the host that the login server's address resolves, is reachable and has a certificate the host trusts.",
  },
  {
    kind: "timed-out",
    pattern: /timeout waiting|deadline exceeded|context canceled/i,
    message: "the node did not get running within 60 s",
    remedy:
      "Look at `tailscale status` and `journalctl -u tailscaled` on the host, then run `pulumi up` again.",
  },
];

type Remedies = Partial<Record<ErrorKind, string>>;

/** Pure: the error for a login that failed; `text` is the client's output and the daemon's health messages. */
export function classifyLogin(
  host: string,
  text: string,
  secrets: readonly string[],
  remedies: Remedies = {},
): MeshError {
  const shown = excerpt(withoutRepeats(text), { lines: 3, max: 400, secrets });
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  if (rule === undefined) {
    return new MeshError({
      kind: "join-failed",
      host,
      message: `the node did not join: ${shown || "the client gave no reason"}`,
      remedy:
        "Look at `tailscale status` and `journalctl -u tailscaled` on the host, then run `pulumi up` again.",
    });
  }
  const { kind, message } = rule;
  return new MeshError({
    kind,
    host,
    message: `${message} (${shown})`,
    remedy: remedies[kind] ?? rule.remedy,
  });
}

/** What the client prints is in the daemon's health messages, too. */
function withoutRepeats(text: string): string {
  return [...new Set(text.split("\n").map((line) => line.trim()))].join("\n");
}
