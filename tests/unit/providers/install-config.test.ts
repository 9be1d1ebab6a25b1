/** What `install:` may hold, and what is said of a mistake. */
import { describe, expect, it } from "@jest/globals";
import { get } from "../../../providers";
import { ARCHIVE_KEY } from "../../../providers/tailnet/install/archive-key";
import { asZod, validate } from "../../../validation";

function mistakes(install: object): string[] {
  const result = validate(asZod(get("tailscale").schema!), { tailnet_domain: "demo.mesh", install });
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("install", () => {
  it.each([
    {},
    { method: "auto", track: "unstable", version: "1.98.1", min_version: "1.98.0" },
    { method: "repository", repository: "https://pkgs.example.com", repository_key: `${ARCHIVE_KEY}\n` },
    { repository: "http://pkgs.example.com" },
    { repository_key: ARCHIVE_KEY },
    { method: "tarball", track: "unstable", repository: "https://pkgs.example.com" },
    { method: "push", path: "./tarballs", version: "1.98.1" },
    { method: "skip", min_version: "1.98.1", version: "1.98.1" },
  ])("takes %j", (install) => {
    expect(mistakes(install)).toEqual([]);
  });

  it.each([
    [{ version: "1.98.1", min_version: "1.100.0" }, "install.version: 1.98.1 is below min_version 1.100.0"],
    [{ path: "./tarballs" }, "install.path: is for method push only; the method is auto"],
    [
      { method: "push" },
      "install.path: is needed for method push: a tarball on this machine, or a folder of them",
    ],
    [{ method: "push", path: "x", track: "stable" }, "install.track: means nothing with method push"],
    [
      { method: "skip", repository: "https://pkgs.example.com" },
      "install.repository: means nothing with method skip",
    ],
    [
      { method: "tarball", repository_key: ARCHIVE_KEY },
      "install.repository_key: means nothing with method tarball",
    ],
    [
      { method: "tarball", repository: "http://pkgs.example.com" },
      "install.repository: must be https for method tarball: nothing else vouches for what is fetched",
    ],
    [{ repository: "pkgs.example.com" }, "install.repository: must be a URL, as https://pkgs.example.com"],
    [
      { repository_key: "pkgs.asc" },
      "install.repository_key: must be an armored PGP public key, whole, from -----BEGIN PGP PUBLIC KEY BLOCK----- on",
    ],
    [
      { repository_key: ARCHIVE_KEY.replaceAll("PUBLIC", "PRIVATE") },
      "install.repository_key: is a private key; give the public one (`gpg --armor --export`)",
    ],
    [
      { repository_key: ARCHIVE_KEY.replace("\n\n", `\n\n${"A".repeat(10_000)}\n`) },
      "install.repository_key: is too long; export it with `gpg --armor --export-options export-minimal --export`",
    ],
    [{ version: "1.98" }, 'install.version: must be a version of three numbers; write "1.98.0"'],
  ])("refuses %j", (install, message) => {
    expect(mistakes(install)).toEqual([message]);
  });
});
