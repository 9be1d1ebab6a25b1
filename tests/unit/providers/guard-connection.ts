/** A connection to the host of the guard's world, and what came over it. */
import { MeshError } from "../../../errors";

/** The host's one setting, which the guarded step changes. */
export type Setting = "old" | "new";

export interface Connection {
  /** What the setting was when it was opened. */
  readonly openedOn: Setting;
  /** Ends what runs over it. */
  readonly broken: Promise<never>;
  readonly isBroken: () => boolean;
  /** A silent one says nothing, until it is closed. */
  readonly cut: (how: "silent" | "loud") => void;
}

/** What the host answered to CONFIRM, heard or not, and over which connection. */
export interface Confirmation {
  readonly kept: boolean;
  readonly openedOn: Setting;
}

export function unreachable(): MeshError {
  return new MeshError({ kind: "host-unreachable", host: "web-1", message: "cut", remedy: "Try again." });
}
