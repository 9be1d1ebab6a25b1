/** The errors of a join that went through but is not as wanted. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { Mismatch } from "../network/match";
import type { TagChange } from "./tags";

export function wrongTailnet(host: string, { wanted, actual }: Mismatch): MeshError {
  return new MeshError({
    kind: "wrong-tailnet",
    host,
    message: `the node belongs elsewhere: expected ${wanted}, found ${actual || "none"}`,
    remedy:
      "Correct login_server and tailnet_domain, or set onTailnetMismatch to move if it shall move here.",
  });
}

export function tagsRefused(host: string, { missing, surplus }: TagChange, remedy: string): MeshError {
  const parts = [
    ...(missing.length > 0 ? [`the node lacks ${missing.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`the node still has ${surplus.join(", ")}`] : []),
  ];
  return new MeshError({ kind: "tag-refused", host, message: parts.join(", and "), remedy });
}

export function nameTaken(host: string, expected: string, actual: string): MeshError {
  return new MeshError({
    kind: "name-taken",
    host,
    message: `expected the FQDN ${expected}, the control server gave ${actual || "none"}: another node holds the name, or it was renamed by hand`,
    remedy: `Remove the other node ${host} at the control server, or undo the renaming there, then run \`pulumi up\` again.`,
  });
}

export function needsApproval(host: string): MeshError {
  return new MeshError({
    kind: "approval-needed",
    host,
    message: "the node is logged in and waits for approval at the control server",
    remedy: "Approve it in the admin console (or use a pre-approved auth key), then run `pulumi up` again.",
  });
}

export function settingRefused(host: string, output: string): MeshError {
  return new MeshError({
    kind: "join-failed",
    host,
    message: `the client refused a setting: ${excerpt(output)}`,
    remedy: "Correct the host's flags.",
  });
}

export function notInTime(host: string, command: string): MeshError {
  return new MeshError({
    kind: "timed-out",
    host,
    message: `${command} did not end within 60 s`,
    remedy:
      "See on the host whether the control server can be reached (`tailscale status`, `journalctl -u tailscaled`), then run `pulumi up` again.",
  });
}

/** Pure: an act with the API that did not happen, since nothing proves which node is meant. */
export function notProven(host: string, nodeId: string | undefined, doubt: string | undefined): MeshError {
  const node = nodeId === undefined ? "no node id" : `the node ${nodeId}`;
  return new MeshError({
    kind: "join-failed",
    host,
    message: `the client shows ${node}, which the control server does not know as this host${doubt === undefined ? "" : `: ${doubt}`}; nothing was changed there`,
    remedy:
      "Look at `tailscale status` on the host and at the control server's list of nodes. If the host is not to be trusted, reinstall it; else run `tailscale logout` on it and `pulumi up` again.",
  });
}

export function stillOnline(host: string, nodeId: string): MeshError {
  return new MeshError({
    kind: "name-taken",
    host,
    message: `the connection leads to another machine than before, and the former one's node ${nodeId} still holds the name, online at the control server`,
    remedy: `Stop the former machine, or delete its node ${nodeId} at the control server, then run \`pulumi up\` again.`,
  });
}

/** A login that went through for the client only. */
export function notListed(host: string, nodeId: string): MeshError {
  return new MeshError({
    kind: "control-server",
    host,
    message: `the client says that it is logged in as the node ${nodeId}, and the control server lists no such node`,
    remedy: "Look at the control server's log, then run `pulumi up` again.",
  });
}
