/** What a guarded step has to say of itself, and the times of its guard. */

/** What the host goes back to by itself, unless it can be reached again. */
export interface Guard {
  /** The step, as a user would write it (`tailscale set --shields-up=true`). */
  readonly change: string;
  /**
   * What brings the former settings back: arguments of `tailscale set` (`--shields-up=false`), or a command of `tailscale`
   * (`down`). A profile that was left is returned to in any case.
   */
  readonly restore: readonly string[];
  /** What cannot be taken back, as a clause of its own; it is said where nothing else is restored. */
  readonly stays?: string;
  /** Whether the step can cut every connection, not only one that rides the mesh. Default false. */
  readonly reroutes?: boolean;
  /** What to do when the host could not be reached any more; default: what fits a setting. */
  readonly remedy?: string;
}

export interface GuardTimes {
  /** Seconds after the step until the host restores its settings. */
  readonly restoreS: number;
  /** Milliseconds without a sign of life (one comes every second) after which the connection counts as cut. */
  readonly silenceMs: number;
  /** Milliseconds in which a connection must come about again, the restoring included. */
  readonly reconnectMs: number;
}
