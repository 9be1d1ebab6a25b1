/** The seam for ways to install the client: each one says whether it fits a host, and how it installs. */
import type { HostFacts } from "../facts";

export interface InstallStep {
  /** A script that begins with `FUNCTIONS` (it ends with a probe and prints `#>` progress lines). */
  readonly script: string;
  readonly args: readonly string[];
}

export interface InstallWay {
  /** For progress lines and errors: `apt repository`. */
  readonly name: string;
  /** The step for this host; undefined when this way does not fit it. */
  plan(facts: HostFacts): InstallStep | undefined;
}
