/** Gathers what a login can be tried with, and picks the next one that the server accepts. */
import { existsSync } from "node:fs";
import type { AnyAuthMethod, AuthenticationType } from "ssh2";
import type { Fail } from "../failure";
import type { Environment, ProxyConnection } from "../types";
import { expandHome } from "./paths";
import { signaturesOf, SigningAgent } from "./rsa";
import { checkKey, readIdentityFiles, readNamedKeys, type NamedKey } from "./key-files";

/** One way to log in. */
export interface Credential {
  /** For errors: `private key`, `agent`, `password`, a path. */
  readonly name: string;
  /** What the server must accept for it to make sense. */
  readonly needs: AuthenticationType;
  readonly method: AnyAuthMethod;
}

export const DEFAULT_USER = "root";

/**
 * In the order to try: what the connection names (keys, agent, password), then the agent of the environment, then, where
 * the connection names nothing, the default identity files. Throws invalid-config for what can never work.
 */
export async function gatherCredentials(
  hop: ProxyConnection,
  env: Environment,
  fail: Fail,
): Promise<Credential[]> {
  const { user: username = DEFAULT_USER, agentSocketPath, password } = hop;
  const asKeys = ({ name, key: given }: NamedKey) =>
    signaturesOf(given).map((key): Credential => {
      return { name, needs: "publickey", method: { type: "publickey", username, key } };
    });
  const asAgent = (socket: string, which: "all" | "old-rsa"): Credential => ({
    name: "agent",
    needs: "publickey",
    method: { type: "agent", username, agent: new SigningAgent(socket, which) },
  });

  const named = (await readNamedKeys(hop, env, fail)).flatMap(asKeys);
  const namedSocket = agentSocketPath && mustExist(agentSocketPath, env, fail);
  if (namedSocket !== undefined) named.push(asAgent(namedSocket, "all"));
  if (password !== undefined) named.push(...passwordMethods(username, password));
  const socket = namedSocket ?? (env["SSH_AUTH_SOCK"] || undefined);
  const agents = socket === undefined || socket === namedSocket ? [] : [asAgent(socket, "all")];
  // After all else, for a host hangs up when it has seen some keys that it does not know.
  const last = socket === undefined ? [] : [asAgent(socket, "old-rsa")];
  if (named.length > 0) return [...named, ...agents, ...last];
  const files = (await readIdentityFiles(env, hop.privateKeyPassword)).flatMap(asKeys);
  return [...agents, ...files, ...last];
}

/** What a connection can name to log in with, beside the password. */
export type CredentialProperty = "privateKey" | "privateKeyPath" | "agentSocketPath";

/** Throws invalid-config for what can never work, without opening a key that has a passphrase. */
export async function checkCredential(
  property: CredentialProperty,
  value: string,
  hasPassphrase: boolean,
  env: Environment,
  fail: Fail,
): Promise<void> {
  if (property === "agentSocketPath") mustExist(value, env, fail);
  else await checkKey(property, value, hasPassphrase, env, fail);
}

/** Pure: the first untried credential of a kind that the server (still) accepts; a server can ask for several in turn. */
export function nextCredential(
  credentials: readonly Credential[],
  tried: readonly Credential[],
  accepted: readonly AuthenticationType[],
): Credential | undefined {
  return credentials.find((credential) => !tried.includes(credential) && accepted.includes(credential.needs));
}

function passwordMethods(username: string, password: string): Credential[] {
  return [
    { name: "password", needs: "password", method: { type: "password", username, password } },
    {
      name: "keyboard-interactive",
      needs: "keyboard-interactive",
      method: {
        type: "keyboard-interactive",
        username,
        // A prompt that shows what is typed does not ask for a password.
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(({ echo }) => (echo === true ? "" : password))),
      },
    },
  ];
}

function mustExist(agentSocketPath: string, env: Environment, fail: Fail): string {
  const path = expandHome(agentSocketPath, env);
  if (existsSync(path)) return path;
  throw fail({
    kind: "invalid-config",
    message: `there is no SSH agent at ${agentSocketPath}`,
    remedy: "Start the agent, or correct agentSocketPath.",
  });
}
