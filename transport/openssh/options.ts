/** The command lines of the system's own ssh, and what its configuration makes of a host. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "../../errors";
import { excerpt } from "../../excerpt";
import type { Fail } from "../failure";
import { knownHostsName } from "../ssh/known-hosts";
import { expandHome } from "../ssh/paths";
import type { Environment, SshConnection } from "../types";

/** Whatever the user's configuration says: no prompt, no terminal, nothing forwarded, nothing run here, nothing recorded. */
const ALWAYS = [
  "BatchMode=yes",
  "ClearAllForwardings=yes",
  "ConnectionAttempts=1",
  "ControlPersist=no",
  "ForwardAgent=no",
  "ForwardX11=no",
  "HashKnownHosts=no",
  "PermitLocalCommand=no",
  "RemoteCommand=none",
  "RequestTTY=no",
  "ServerAliveCountMax=4",
  "ServerAliveInterval=10",
  "Tunnel=no",
  "UpdateHostKeys=no",
];

/** Of the environment, what a command on the host could be sent (`SendEnv`): nothing that is a secret. */
const HARMLESS = ["HOME", "LOGNAME", "PATH", "SHELL", "SSH_AUTH_SOCK", "TMPDIR", "USER"];

/** What ssh makes of a host, by its configuration. */
export interface Resolved {
  readonly user: string;
  /** `user@host:port`, for errors. */
  readonly target: string;
  /** The host's name in known_hosts, as far as it is one. */
  readonly name: string;
  readonly port: number;
  /** The TCP port; `port` is the one that known_hosts has beside the name. */
  readonly hostPort: number;
  readonly knownHostsFiles: readonly string[];
  /** A command of the user's that knows host keys. */
  readonly asksCommand: boolean;
  /** What is dialled from here: the first jump host, the command that leads there, else the host. */
  readonly firstHop: string;
}

/** Pure: the arguments that name the host and the login. `host` may be an alias; it never is an option. */
export function destination(connection: SshConnection, options: readonly string[]): string[] {
  const { host, port, user } = connection;
  return [
    ...options,
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    "--",
    host,
  ];
}

/** Pure: how to log in, and the rules that hold for every connection. */
export function loginOptions({ privateKeyPath, agentSocketPath }: SshConnection, env: Environment): string[] {
  return [
    ...asOptions(ALWAYS),
    // Without the agent's other keys, of which six are enough for a host to hang up.
    ...(privateKeyPath === undefined
      ? []
      : ["-i", expandHome(privateKeyPath, env), ...asOptions(["IdentitiesOnly=yes"])]),
    ...(agentSocketPath === undefined
      ? []
      : asOptions([`IdentityAgent=${quote(expandHome(agentSocketPath, env))}`])),
  ];
}

export function asOptions(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ["-o", setting]);
}

/** Pure: a path as a word of ssh's configuration. */
export function quote(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}

/** Pure: the environment of an ssh that runs a command; texts come in English. */
export function harmless(env: Environment): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(HARMLESS.map((name) => [name, env[name]])), LC_ALL: "C" };
}

/** Pure: the environment of the ssh that connects, whose ProxyCommand may need any of it, but nothing of Pulumi's. */
export function forProxyCommand(env: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_"));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

/** Pure: `resolved`, with what is dialled at the address `at` in its host's place. */
export function resolvedAt(at: string | undefined, resolved: Resolved): Resolved {
  if (at === undefined) return resolved;
  const place = `${at}:${resolved.hostPort}`;
  return { ...resolved, target: `${resolved.user}@${place}`, firstHop: place };
}

/** Pure: dials this address, straight, and looks for the host's keys by the name that it has otherwise. */
export function dialAt(at: string, { name, port }: Pick<Resolved, "name" | "port">): string[] {
  return asOptions([`HostName=${at}`, "ProxyCommand=none", `HostKeyAlias=${knownHostsName(name, port)}`]);
}

/** Asks ssh itself (`ssh -G`). Throws invalid-config when there is no ssh, or none that reads its configuration. */
export async function resolve(
  connection: SshConnection,
  options: readonly string[],
  env: Environment,
  fail: Fail,
): Promise<Resolved> {
  const args = ["-G", ...destination(connection, options)];
  const asked = promisify(execFile)("ssh", args, { env: forProxyCommand(env), timeout: 10_000 });
  const { stdout } = await asked.catch((cause: NodeJS.ErrnoException & { stderr?: string }) => {
    throw fail(explain(cause));
  });
  const found = new Map(
    stdout.split("\n").map((line): [string, string] => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1)];
    }),
  );
  const { user = connection.user ?? "", hostname = connection.host } = Object.fromEntries(found);
  const port = Number(found.get("port") ?? 22);
  const alias = found.get("hostkeyalias");
  const files = [found.get("userknownhostsfile"), found.get("globalknownhostsfile")].join(" ").split(" ");
  const command = found.get("knownhostscommand") ?? "none";
  return {
    user,
    target: `${user}@${hostname}:${port}`,
    name: alias ?? hostname,
    port: alias === undefined ? port : 22,
    hostPort: port,
    knownHostsFiles: files.filter((file) => file !== "" && file !== "none" && file !== "/dev/null"),
    asksCommand: command !== "none",
    firstHop: found.get("proxyjump")?.split(",")[0] ?? found.get("proxycommand") ?? `${hostname}:${port}`,
  };
}

function explain(cause: NodeJS.ErrnoException & { stderr?: string }) {
  if (cause.code === "ENOENT")
    return {
      kind: "invalid-config",
      message: "this machine has no ssh, which the connection's client wants",
      remedy: "Install OpenSSH's client, or leave the connection's client out.",
    } as const;
  return {
    kind: "invalid-config",
    message: `ssh does not read its configuration: ${excerpt(cause.stderr ?? "", { from: "end" }) || messageOf(cause)}`,
    remedy: "Correct ~/.ssh/config: `ssh -G` with the host's name tells whether ssh reads it.",
    cause,
  } as const;
}
