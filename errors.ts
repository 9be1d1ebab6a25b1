/** The one error type that users read, how errors are told, and the redaction of known secrets. Imports nothing. */

/** What went wrong, in one word that tests and programs can branch on. */
export type ErrorKind =
  | "invalid-config"
  | "key-missing"
  | "key-invalid"
  | "key-expired"
  | "key-used"
  | "wrong-tailnet"
  | "tag-refused"
  | "name-taken"
  | "approval-needed"
  | "locked-out"
  | "held-elsewhere"
  | "declared-twice"
  | "cloned"
  | "logged-out"
  | "would-lock-out"
  | "join-failed"
  | "install-failed"
  | "unsupported-os"
  | "host-unreachable"
  | "host-key-mismatch"
  | "authentication-failed"
  | "not-permitted"
  | "control-server"
  | "peer-unreachable"
  | "timed-out"
  | "unknown-provider"
  | "registration";

/** One mistake in a configuration. */
export interface MeshIssue {
  /** Where it is, as users write it: `hosts.db-1.tags[0]`. */
  readonly path: string;
  /** What is wrong there, in lower case; without the value, which may be a secret. */
  readonly message: string;
}

/** What a `MeshError` is made of. */
export interface MeshErrorDetails {
  readonly kind: ErrorKind;
  /** The host (or node) that the error is about; left out when it is about the whole configuration. */
  readonly host?: string;
  /** What happened and what was expected, in lower case, without a final full stop. */
  readonly message: string;
  /** What the reader can do about it: an imperative sentence. */
  readonly remedy: string;
  /** The mistakes that `message` lists. */
  readonly issues?: readonly MeshIssue[];
  readonly cause?: unknown;
}

/** An error a user can act on: kind, host, cause and remedy. Its message never holds a secret. */
export class MeshError extends Error {
  readonly kind: ErrorKind;
  readonly host: string | undefined;
  readonly remedy: string;
  /** The message without kind, host and remedy. */
  readonly detail: string;
  /** For invalid-config: the mistakes, one by one; empty where the message says it all. */
  readonly issues: readonly MeshIssue[];

  constructor(details: MeshErrorDetails) {
    const { kind, host, message, remedy, issues = [], cause } = details;
    const subject = host === undefined ? "" : `${host}: `;
    super(
      `${subject}${kind.replaceAll("-", " ")}: ${message}${separatorAfter(message)}${remedy}`,
      cause === undefined ? {} : { cause },
    );
    this.name = "MeshError";
    this.kind = kind;
    this.host = host;
    this.remedy = remedy;
    this.detail = message;
    this.issues = issues;
  }
}

// By this Pulumi knows an error that ends a program with its message alone: no stack, no dump of the object.
Object.defineProperty(MeshError.prototype, "__pulumiRunError", { value: true });

/** A full stop, unless the message ends a sentence itself; a new line after a message of several lines. */
function separatorAfter(message: string): string {
  if (message.includes("\n")) return "\n";
  return /[.?!]$/.test(message) ? " " : ". ";
}

/** True for an error of any realm: under jest, and in a VM's context, those of Node are of another one than ours. */
export function isError(error: unknown): error is Error {
  if (typeof error !== "object" || error === null) return false;
  const { name, message } = error as Partial<Error>;
  return typeof name === "string" && typeof message === "string";
}

/** True for a MeshError, also one thrown by another copy of this package; of `kind`, when given. */
export function isMeshError(error: unknown, kind?: ErrorKind): error is MeshError {
  if (!isError(error) || error.name !== "MeshError") return false;
  const own = (error as MeshError).kind;
  return kind === undefined ? typeof own === "string" : own === kind;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** Replaces each known secret in `text`, by value, longest first; blank ones and ones under 4 characters are left alone. */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  const known = [...secrets].filter(
    (secret) => secret !== undefined && secret.trim().length >= 4,
  ) as string[];
  return known
    .sort((a, b) => b.length - a.length)
    .reduce((result, secret) => result.replaceAll(secret, "[redacted]"), text);
}
