/** Pure: what a failed installation is about, by the words of package managers, and what to do. */
import { ARCHIVE_KEY_FINGERPRINT } from "./archive-key";
import type { InstallSettings } from "./way";

export interface Cause {
  /** What it is about, where the output alone does not say it. */
  readonly what?: string;
  readonly remedy: string;
}

/** What a failure is about, by the words of apt, dnf, yum, zypper, pacman, apk and our own scripts; the first that fits. */
const CAUSES: readonly (readonly [
  RegExp,
  (install: InstallSettings, way: string, output: string) => Cause,
])[] = [
  [
    /No space left on device|enough (free )?(disk )?space|more space needed|Failure writing output|Disk quota exceeded/i,
    () => ({
      what: "the host's disk is full",
      remedy:
        "Make room on the host (`df -h` shows where), then run `pulumi up` again: what was there is as it was.",
    }),
  ],
  [
    /Held packages were changed|held broken packages|filtered out by (exclude|modular)|versionlock|\(locked\)|is locked, /i,
    () => ({
      what: "somebody holds the package back on the host",
      remedy:
        "Release it there (`apt-mark unhold tailscale`, or its line among the excludes or locks of dnf or zypper), or ask for the version that is there.",
    }),
  ],
  [
    /is expired \(invalid since|is not valid yet|certificate is not yet valid|certificate has expired|certificate verify failed.*(expired|not yet valid)/i,
    () => ({
      what: "the repository is out of date, or the host's clock is wrong",
      remedy:
        "Compare `date` on the host with your own clock. If it is right, have whoever runs the repository (install.repository) sign its lists or its certificate anew.",
    }),
  ],
  [
    /Could not get lock|unable to lock database|Unable to lock database|is locked by/i,
    () => ({
      what: "another package manager is at work on the host",
      remedy: "See which one (`ps ax`), let it finish, then run `pulumi up` again.",
    }),
  ],
  [
    /Conflicting values set for option Signed-By/i,
    () => ({
      what: "apt knows the same repository twice, with different keys",
      remedy:
        "Remove the other entry from /etc/apt/sources.list.d on the host (what it says names the address), then run `pulumi up` again.",
    }),
  ],
  [
    /NO_PUBKEY|(BAD|EXPKEY|EXP|REVKEY)SIG|GPG error|is not signed|GPG (check FAILED|signature verification)|signature (verification failed|check failed|.* is invalid)|signatures? couldn't be verified|unknown key|Public key for .* is not installed|UNTRUSTED signature/i,
    wrongKey,
  ],
  [
    /checksum mismatch|Hash Sum mismatch/i,
    () => ({
      remedy: "Run again; if it stays so, what was fetched is not what was published: do not install it.",
    }),
  ],
  [
    /Protocol "?http"? (not supported|disabled)|redirected to .*, which is not https|Redirection from .* is forbidden/,
    () => ({
      what: "the server redirects to an address without https, where nothing vouches for what is fetched",
      remedy:
        "Have whoever runs the mirror (install.repository) redirect to https, or set install.method to push.",
    }),
  ],
  [
    /wget: not GNU's/,
    () => ({
      what: "the host has neither curl nor GNU wget",
      remedy: "Install curl on the host, or set install.method to push and install.path to a tarball.",
    }),
  ],
  [/(network|temporary) error \([\s\S]*\(no such package\)/, noWayOut],
  [
    /does not have a Release file|\b404\b|Unable to locate package|was not found|No match for argument|No package .* available|No provider of|target not found|unable to select packages|no tarball for|is below|below install.min_version|install.version is/i,
    ({ method }, way) => ({
      remedy: isDistributions(way)
        ? "See which version the distribution has (`apk policy tailscale`, `pacman -Si tailscale`); correct install.version and install.min_version, or set install.method to tarball."
        : `See what the repository has (install.repository, default https://pkgs.tailscale.com); correct install.version, install.min_version and install.track${method === "tarball" ? "" : ", or set install.method to tarball"}.`,
    }),
  ],
  [
    /Could not resolve|Couldn't resolve|Temporary failure|Could not connect|Failed to connect|Connection (refused|timed out)|cannot fetch|bad address|Curl error|failed retrieving file/i,
    noWayOut,
  ],
];

/** Pure: what a failure is about, and what to do; undefined when its own words have to do. */
export function causeOf(output: string, install: InstallSettings, way: string): Cause | undefined {
  return CAUSES.find(([pattern]) => pattern.test(output))?.[1](install, way, output);
}

function wrongKey({ repository_key }: InstallSettings, way: string, output: string) {
  if (isDistributions(way))
    return {
      what: "the packages are not signed with a key that the host trusts",
      remedy:
        "See which mirror the host uses, and that its distribution's keys are up to date there (the package `archlinux-keyring` or `alpine-keys`).",
    };
  const expected =
    repository_key === undefined ? `Tailscale's, ${ARCHIVE_KEY_FINGERPRINT}` : "install.repository_key";
  if (/EXPKEYSIG/.test(output))
    return {
      what: `the packages are not signed with the expected key (${expected}): it has expired`,
      remedy:
        "Have whoever runs the repository extend the key or sign with another, and set install.repository_key to that public key.",
    };
  return {
    what: `the packages are not signed with the expected key (${expected})`,
    remedy:
      "If the host gets its packages from a mirror that signs them with a key of its own, set install.repository_key to that public key. If it does not, do not install them: somebody may have changed them on the way.",
  };
}

function noWayOut(_install: InstallSettings, way: string) {
  const from = isDistributions(way)
    ? "the mirrors of its distribution"
    : "install.repository (default https://pkgs.tailscale.com), itself or through its proxy";
  return {
    remedy: `See that the host reaches ${from}; for a host without a way out set install.method to push.`,
  };
}

/** Whether the packages are the distribution's own: nothing of ours says where they come from. */
function isDistributions(way: string): boolean {
  return /^(pacman|apk) /.test(way);
}
