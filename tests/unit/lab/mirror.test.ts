/** The package mirror's files, as far as they are text: the same as the official ones, but for the lab's names. */
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { buildSourceList } from "../../../lab/prepare/repositories/apt";
import { buildPackageConfig } from "../../../lab/prepare/repositories/package-config";
import { buildDatabaseEntry } from "../../../lab/prepare/repositories/pacman";
import { buildRepoFile } from "../../../lab/prepare/repositories/rpm";
import { buildTrackIndex } from "../../../lab/prepare/repositories/tarballs";

const release = {
  version: "1.2.3",
  deb: "/pool/tailscale_1.2.3_amd64.deb",
  rpm: "/pool/tailscale_1.2.3_x86_64.rpm",
  pacman: "/pool/tailscale-1.2.3-1-x86_64.pkg.tar.zst",
  tarball: "/pool/tailscale_1.2.3_amd64.tgz",
};

describe("the package mirror", () => {
  it("has dnf and zypper check the signatures of packages and of the repository", () => {
    expect(buildRepoFile("stable", "fedora")).toMatchInlineSnapshot(`
      "[tailscale-stable]
      name=Tailscale stable
      baseurl=https://pkgs.tailscale.com/stable/fedora/$basearch
      enabled=1
      type=rpm
      repo_gpgcheck=1
      gpgcheck=1
      gpgkey=https://pkgs.tailscale.com/stable/fedora/repo.gpg
      "
    `);
  });

  it("has apt trust the repository's key for this repository only", () => {
    expect(buildSourceList("unstable", { id: "ubuntu", suite: "noble" })).toContain(
      "deb [signed-by=/usr/share/keyrings/tailscale-archive-keyring.gpg] https://pkgs.tailscale.com/unstable/ubuntu noble main",
    );
  });

  it("answers the client's updater with the newest version", () => {
    expect(JSON.parse(buildTrackIndex(release))).toMatchObject({
      Version: "1.2.3",
      TarballsVersion: "1.2.3",
    });
    expect(buildTrackIndex(release)).toContain("tailscale_1.2.3_amd64.tgz");
  });

  it("describes pacman's package field by field", () => {
    const entry = buildDatabaseEntry(release, Buffer.from("content"));
    expect(entry).toContain("%FILENAME%\ntailscale-1.2.3-1-x86_64.pkg.tar.zst\n\n");
    expect(entry).toContain("%VERSION%\n1.2.3-1\n\n%DESC%\n");
    expect(entry).toContain("%CSIZE%\n7\n\n");
  });

  it("puts the client where the official packages have it, and signs only rpms from within", () => {
    const parts = { built: "/built", source: "/source", signingKey: "/key" };
    const config = (format: "deb" | "rpm" | "archlinux") =>
      parse(buildPackageConfig(format, "1.2.3", parts)) as {
        contents: { dst: string; type?: string }[];
        depends: string[];
        rpm: { signature: { key_file?: string } };
      };
    for (const format of ["deb", "rpm", "archlinux"] as const)
      expect(config(format).contents.map(({ dst }) => dst)).toEqual(
        expect.arrayContaining(["/usr/bin/tailscale", "/usr/sbin/tailscaled", "/etc/default/tailscaled"]),
      );
    expect(config("rpm").contents).toContainEqual(expect.objectContaining({ type: "config|noreplace" }));
    expect(config("rpm").rpm.signature.key_file).toBe("/key");
    expect(config("deb").rpm.signature.key_file).toBeUndefined();
    expect([config("deb").depends, config("rpm").depends]).toEqual([["iptables"], []]);
  });
});
