/** What the system's own ssh would have had, and ssh2 has not, when a dial has failed: aliases and certificates. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { DialFailure } from "../dial-failure";
import type { Environment, ProxyConnection } from "../types";
import { readFields } from "./host-key";
import { IDENTITY_FILES } from "./key-files";
import { expandHome } from "./paths";
import { isCertificate } from "./private-key";

/** `failure`, or one that says more: the user has something on this machine that this client does not use. */
export async function withHint(failure: unknown, hop: ProxyConnection, env: Environment): Promise<unknown> {
  if (!(failure instanceof DialFailure)) return failure;
  const { details, reason } = failure;
  if ((details.cause as NodeJS.ErrnoException | undefined)?.code === "ENOTFOUND") {
    if (!(await isAlias(hop.host, env))) return failure;
    const remedy =
      'It is an alias of ~/.ssh/config: set the connection\'s client to "openssh", which reads that file, or write its HostName.';
    return new DialFailure({ ...details, remedy }, reason, false);
  }
  if (details.kind !== "authentication-failed") return failure;
  const certificate = findCertificateFile(hop, env) ?? (await findInAgent(hop, env));
  if (certificate === undefined) return failure;
  const remedy = `Set the connection's client to "openssh", which uses certificates. Or: ${details.remedy}`;
  const why = `${reason}; ${certificate} was not shown: this client has no certificates`;
  return new DialFailure({ ...details, remedy }, why, false);
}

/** True when a `Host` line of the user's configuration has this very name. */
async function isAlias(host: string, env: Environment): Promise<boolean> {
  const config = await readFile(expandHome("~/.ssh/config", env), "utf8").catch(() => "");
  return config.split("\n").some((line) => {
    const [keyword, ...names] = line.trim().split(/[\s=]+/);
    return keyword?.toLowerCase() === "host" && names.includes(host);
  });
}

/** As ssh does: beside the key. */
function findCertificateFile({ privateKeyPath }: ProxyConnection, env: Environment): string | undefined {
  const keys = privateKeyPath === undefined ? IDENTITY_FILES : [privateKeyPath];
  return keys.map((path) => `${path}-cert.pub`).find((path) => existsSync(expandHome(path, env)));
}

/** ssh2's agent leaves out the keys that ssh2 cannot use. */
async function findInAgent(hop: ProxyConnection, env: Environment): Promise<string | undefined> {
  const socket = hop.agentSocketPath ?? env["SSH_AUTH_SOCK"];
  if (socket === undefined || socket === "") return undefined;
  const keys = await listAgent(expandHome(socket, env)).catch(() => []);
  const types = keys.map((key) => readFields(key, 1)[0]?.toString() ?? "");
  return types.some(isCertificate) ? "the certificate in the agent" : undefined;
}

/** The keys in an agent, as blobs (draft-ietf-sshm-ssh-agent, 3.5). */
async function listAgent(path: string): Promise<Buffer[]> {
  const socket = connect(path).setTimeout(1_000, () => socket.destroy(new Error("no answer")));
  try {
    socket.write(Buffer.from([0, 0, 0, 1, 11]));
    let answer = Buffer.alloc(0);
    while (readFields(answer, 1).length === 0) {
      const [chunk] = (await Promise.race([once(socket, "data"), once(socket, "close")])) as [unknown];
      if (!Buffer.isBuffer(chunk)) return [];
      answer = Buffer.concat([answer, chunk]);
    }
    // The type of the answer and the number of keys, then a blob and a comment for each.
    const fields = readFields(answer.subarray(9));
    return fields.filter((_field, index) => index % 2 === 0);
  } finally {
    socket.destroy();
  }
}
