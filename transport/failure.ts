/** Builds the errors of one host, with every secret of its connection taken out of their texts. */
import { isError, MeshError, messageOf, redact, type MeshErrorDetails } from "../errors";
import type { Connection, ProxyConnection } from "./types";

/** Makes a MeshError about one host. The only way this folder makes errors, so that none escapes redaction. */
export type Fail = (details: Omit<MeshErrorDetails, "host">) => MeshError;

/** Pure: errors about `host`, in which `secrets` never appear. */
export function failureOf(host: string, secrets: readonly (string | undefined)[]): Fail {
  const clean = (text: string) => redact(text, secrets);
  return ({ kind, message, remedy, cause }) =>
    new MeshError({
      kind,
      host,
      message: clean(message),
      remedy: clean(remedy),
      cause: cleanCause(cause, clean),
    });
}

/** Pure: the error of a caller who gave up while connecting. */
export function stopped(fail: Fail, cause: unknown): MeshError {
  return fail({ kind: "timed-out", message: "connecting was stopped", remedy: "Run again.", cause });
}

/** Pure: what of a connection must never be shown, its jump host included. */
export function secretsOf(connection: Connection): (string | undefined)[] {
  if (connection === "local") return [];
  const hops: (ProxyConnection | undefined)[] = [connection, connection.proxy];
  return hops.flatMap((hop) => [hop?.password, hop?.privateKey, hop?.privateKeyPassword]);
}

/** The cause is printed too, with its stack: one that holds a secret is replaced by its redacted message. */
function cleanCause(cause: unknown, clean: (text: string) => string): unknown {
  if (cause === undefined) return undefined;
  const shown = `${isError(cause) ? cause.stack : ""}${messageOf(cause)}`;
  return clean(shown) === shown ? cause : new Error(clean(messageOf(cause)));
}
