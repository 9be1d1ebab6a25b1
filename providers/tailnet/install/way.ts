/** The seam for ways to install the client: each one says whether it fits a host, and plans one script. */
import type { TailnetConfig } from "../config";
import type { HostFacts } from "../probe/facts";

export type InstallSettings = TailnetConfig["install"];

export interface InstallStep {
  /** A script that begins with `FUNCTIONS` (it ends with a probe and prints progress with `say`). */
  readonly script: string;
  readonly args: readonly string[];
  /** The script's standard input. */
  readonly stdin?: Uint8Array;
  /** How `stdin` is called in progress lines. */
  readonly upload?: string;
}

/** Why a way does not fit, and what to do instead. */
export interface Unfit {
  readonly ok: false;
  readonly kind: "unsupported-os" | "install-failed" | "invalid-config";
  readonly reason: string;
  readonly remedy: string;
}

export interface InstallWay {
  /** For progress lines and errors: `apt repository`. */
  readonly name: string;
  /** The step for this host, which may read local files; or why there is none. */
  plan(facts: HostFacts, install: InstallSettings): Plan;
}

export type Plan = { readonly ok: true; readonly step: InstallStep } | Unfit;

/** Tailscale's own server of packages and tarballs. */
const OFFICIAL = "https://pkgs.tailscale.com";

/** The URL of the chosen track. */
export function trackUrl({ repository = OFFICIAL, track = "stable" }: InstallSettings): string {
  return `${repository.replace(/\/+$/, "")}/${track}`;
}
