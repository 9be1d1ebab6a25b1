/** A running command as the two ways to run one show it: over an SSH channel, or as a child of this process. */
import type { Readable, Writable } from "node:stream";

export interface Exit {
  /** Exit status; null when a signal ended the command. */
  readonly code: number | null;
  /** `SIGTERM` and the like. */
  readonly signal?: string;
}

export interface Process {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How the command ended; undefined when the connection broke before that was known. Never rejects. */
  readonly exited: Promise<Exit | undefined>;
  /** Resolves when both outputs have come to their end. Never rejects. */
  readonly closed: Promise<void>;
  /** Lets go of it: no more input or output. */
  abandon(): void;
}

/** The way to one host's processes. */
export interface Carrier {
  /** False once the connection is closed or broken. */
  isOpen(): boolean;
  /** How many the connection has taken so far, where that can be known. */
  readonly roundTrips?: () => number;
  /** Starts a program, as the leader of a process group of its own. Rejects when the host starts none; code E2BIG: it is too long. */
  spawn(argv: readonly string[]): Promise<Process>;
}
