/** What package managers print when they fail, as they print it, and what a user reads of it. */
import { describe, expect, it } from "@jest/globals";
import { installFailed, lastLines } from "../../../providers/tailnet/install/errors";

const SIGNATURE = [
  "W: GPG error: https://pkgs.tailscale.com/stable/debian bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 94F25166B0A05E95\nE: The repository 'https://pkgs.tailscale.com/stable/debian bookworm InRelease' is not signed.",
  "Err:1 https://pkgs.tailscale.com/stable/debian bookworm InRelease\n  The following signatures were invalid: EXPKEYSIG 458CA832957F5868 Tailscale Inc.",
  "Error: Failed to download metadata for repo 'tailscale-stable': repomd.xml GPG signature verification error: Bad GPG signature",
  "Package tailscale_1.46.1_x86_64.rpm is not signed\nError: GPG check FAILED",
  "Signature verification failed for file 'repomd.xml' from repository 'Tailscale'.",
  'error: extra: signature from "somebody" is invalid\nerror: failed to synchronize all databases',
  "ERROR: https://dl-cdn.alpinelinux.org/alpine/v3.20/community: UNTRUSTED signature",
];

const NOT_THERE = [
  "E: The repository 'https://pkgs.tailscale.com/stable/debian nowhere Release' does not have a Release file.",
  "E: Version '1.2.3' for 'tailscale' was not found",
  "No match for argument: tailscale-1.2.3\nError: Unable to find a match: tailscale-1.2.3",
  "No provider of 'tailscale = 1.2.3' found.",
  "error: target not found: tailscale=1.2.3",
  "https://pkgs.tailscale.com/stable has no tarball for arm",
];

const NO_WAY_OUT = [
  "Err:1 https://pkgs.tailscale.com/stable/debian bookworm InRelease\n  Could not resolve 'pkgs.tailscale.com'",
  "Curl error (6): Couldn't resolve host name for https://pkgs.tailscale.com/stable/fedora/x86_64/repodata/repomd.xml",
  "curl: (7) Failed to connect to pkgs.tailscale.com port 443\ncannot fetch https://pkgs.tailscale.com/stable/?mode=json",
];

const remedy = (output: string) =>
  installFailed("web-1", "apt repository", output, { method: "auto" }).remedy;

describe("an installation that failed", () => {
  it.each(SIGNATURE.slice(-2))(
    "on a signature of the distribution's names its keys, not ours (%#)",
    (output) => {
      const { message } = installFailed("web-1", "pacman repository", output, { method: "auto" });
      expect(message).toMatch(/not signed with a key that the host trusts.*archlinux-keyring/);
      expect(message).not.toContain("repository_key");
    },
  );

  it.each(SIGNATURE)("on a signature names the expected key and how to give another (%#)", (output) => {
    const error = installFailed("web-1", "apt repository", output, { method: "auto" });
    expect(error.kind).toBe("install-failed");
    expect(error.message).toMatch(
      /^web-1: install failed: the packages are not signed with the expected key \(Tailscale's, 2596A99EAAB33821893C0A79458CA832957F5868\)/,
    );
    expect(error.remedy).toContain("set install.repository_key");
  });

  it("on a signature says that the key has expired", () => {
    const { message } = installFailed("web-1", "apt repository", SIGNATURE[1]!, { method: "auto" });
    expect(message).toMatch(
      /expected key \(Tailscale's, \w+\): it has expired;.*Have whoever runs the repository extend/s,
    );
  });

  it("on a signature names the configured key when there is one", () => {
    const install = { method: "auto", repository_key: "..." } as const;
    expect(installFailed("web-1", "dnf repository", SIGNATURE[2]!, install).message).toContain(
      "expected key (install.repository_key)",
    );
  });

  it.each(NOT_THERE)("for want of the version or release says what to correct (%#)", (output) => {
    expect(remedy(output)).toMatch(/correct install.version/);
  });

  it.each(NO_WAY_OUT)("for want of a way out says what it has to reach (%#)", (output) => {
    expect(remedy(output)).toMatch(/set install.method to push/);
  });

  it.each([
    [
      "tar: tailscale_1.102.0_amd64/tailscaled: Cannot write: No space left on device",
      /disk is full.*Make room/,
    ],
    [
      "curl: (23) Failure writing output to destination\ncannot fetch https://pkgs.tailscale.com/stable/x.tgz",
      /disk is full.*Make room/,
    ],
    ["E: You don't have enough free space in /var/cache/apt/archives/.", /disk is full.*Make room/],
    [
      "Error Summary\n-------------\nDisk Requirements:\n   At least 12MB more space needed on the / filesystem.",
      /disk is full.*Make room/,
    ],
    [
      "E: Held packages were changed and -y was used without --allow-change-held-packages.",
      /holds the package back.*apt-mark unhold tailscale/,
    ],
    [
      "E: Release file for https://pkgs.example.com/stable/debian/dists/bookworm/InRelease is expired (invalid since 3d 2h). Updates for this repository will not be applied.",
      /clock is wrong.*Compare `date`/,
    ],
    [
      "curl: (60) SSL certificate problem: certificate is not yet valid\ncannot fetch https://pkgs.tailscale.com/",
      /clock is wrong.*Compare `date`/,
    ],
    [
      "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 80 (apt-get)",
      /another package manager is at work.*let it finish/,
    ],
    [
      "E: Conflicting values set for option Signed-By regarding source https://pkgs.tailscale.com/stable/debian/ bookworm: /a.gpg != /b.gpg",
      /knows the same repository twice.*Remove the other entry/,
    ],
  ])("says what it is about, and what to do: %s", (output, words) => {
    expect(installFailed("web-1", "apt repository", output, { method: "auto" }).message).toMatch(words);
  });

  const UNSOLVED = "ERROR: unable to select packages:\n  ";
  it.each([
    [
      `${UNSOLVED}tailscale-1.98.1-r0:\n    breaks: world[tailscale~1.98.0]`,
      /breaks: world.*apk policy tailscale/,
    ],
    [
      `WARNING: updating and opening http://mirror/main: temporary error (try again later)\n${UNSOLVED}tailscale (no such package):`,
      /temporary error.*reaches the mirrors of its distribution/,
    ],
  ])("of a distribution's own packages does not speak of install.repository: %s", (output, words) => {
    const { message } = installFailed("web-1", "apk repository", output, { method: "auto" });
    expect(message).toMatch(words);
    expect(message).not.toMatch(/install.repository|install.track/);
  });

  it("says a thing once, without what went well before", () => {
    const lock = "E: Unable to lock directory /var/lib/apt/lists/";
    expect(lastLines(`Get:1 https://pkgs.tailscale.com\n${lock}\n${lock}\n`)).toBe(lock);
    const below = "the newest version there, 1.102.0, is below 1.200.0";
    expect(lastLines(`Reading package lists...\n${below}`)).toBe(below);
  });

  it("with a damaged tarball tells not to install it", () => {
    expect(remedy("checksum mismatch: tailscale_1.102.0_amd64.tgz has 00, expected is 11")).toMatch(
      /not what was published/,
    );
  });

  it("with anything else has its own words", () => {
    const output = "Reading package lists...\nE: Sub-process returned an error code (1)\n";
    expect(lastLines(output)).toBe("E: Sub-process returned an error code (1)");
    expect(lastLines("one\n\nthree")).toBe("one; three");
    expect(remedy(output)).toMatch(/Repair what it says/);
  });
});
