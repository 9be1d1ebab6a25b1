/** What can be said of a connection before any host is dialled: its keys and its agent are looked at, not used. */
import { existsSync } from "node:fs";
import { isMeshError } from "../errors";
import { holdsUnknown } from "../validation";
import type { ValidationIssue } from "../validation/issue";
import { failureOf, secretsOf } from "./failure";
import type { CredentialProperty } from "./ssh/credentials";
import { expandHome } from "./ssh/paths";
import type { Connection, Environment, ProxyConnection } from "./types";

/** Looked at one by one, so that each mistake is reported. */
const PROPERTIES: readonly CredentialProperty[] = ["privateKey", "privateKeyPath", "agentSocketPath"];

/**
 * Every key that cannot be read and agent that is not there, with its path in the connection. The connection is one that
 * the schema lets pass; values that are UNKNOWN are left out. No passphrase is tried: that takes a while for each host.
 */
export async function findConnectionIssues(
  connection: Connection,
  env: Environment = process.env,
): Promise<ValidationIssue[]> {
  if (connection === "local" || holdsUnknown(connection.host)) return [];
  const { proxy } = connection;
  if (connection.client === "openssh") return findMissingFiles(connection, env);
  const issues = await findHopIssues(connection, env);
  if (proxy === undefined || holdsUnknown(proxy.host)) return issues;
  const ofProxy = await findHopIssues(proxy, env);
  return [...issues, ...ofProxy.map(({ path, message }) => ({ path: ["proxy", ...path], message }))];
}

/** Which kinds of keys it reads, a public one of an agent's among them, is ssh's own business. */
function findMissingFiles(connection: ProxyConnection, env: Environment): ValidationIssue[] {
  return (["privateKeyPath", "agentSocketPath"] as const).flatMap((property) => {
    const path = connection[property];
    const isFine = path === undefined || holdsUnknown(path) || existsSync(expandHome(path, env));
    return isFine ? [] : [{ path: [property], message: `there is no ${path}` }];
  });
}

async function findHopIssues(hop: ProxyConnection, env: Environment): Promise<ValidationIssue[]> {
  if (!PROPERTIES.some((property) => hop[property] !== undefined)) return [];
  const { checkCredential } = await import("./ssh/credentials.js");
  const fail = failureOf(hop.host, secretsOf(hop));
  const issues: ValidationIssue[] = [];
  for (const property of PROPERTIES) {
    const value = hop[property];
    if (value === undefined || holdsUnknown(value)) continue;
    await checkCredential(property, value, hop.privateKeyPassword !== undefined, env, fail).catch(
      (error: unknown) => {
        if (!isMeshError(error)) throw error;
        issues.push({ path: [property], message: `${error.detail}. ${error.remedy}` });
      },
    );
  }
  return issues;
}
