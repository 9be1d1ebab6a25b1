/** Tarballs: which one fits a host, and what is checked before anything is sent. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parseFacts } from "../../../providers/tailnet/probe/facts";
import { tarballArchitecture } from "../../../providers/tailnet/install/architecture";
import { checkInstall } from "../../../providers/tailnet/install/tarball-files";
import { push } from "../../../providers/tailnet/install/push";
import { tarball } from "../../../providers/tailnet/install/tarball";
import { uploadProgress } from "../../../providers/tailnet/install/upload";
import { type InstallSettings } from "../../../providers/tailnet/install/way";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { probeOutput, type ProbeParts } from "./probe-output";

const factsOf = (parts: ProbeParts = { withoutClient: true }) =>
  parseFacts("web-1", parseSections(probeOutput(parts), ""));

let folder: string;
const file = (name: string, content = name) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const pushed = (install: Partial<InstallSettings> = {}, parts?: ProbeParts) =>
  push.plan(factsOf(parts), { method: "push", path: folder, ...install });
const fetched = (install: Partial<InstallSettings> = {}, parts?: ProbeParts) =>
  tarball.plan(factsOf(parts), { method: "tarball", ...install });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-mesh-tarballs-"));
  for (const name of ["1.98.1_amd64", "1.102.0_amd64", "1.104.0_arm64", "1.9.0_amd64"])
    file(`tailscale_${name}.tgz`);
  file("notes.txt");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an architecture", () => {
  it.each([
    ["x86_64", "amd64"],
    ["aarch64", "arm64"],
    ["armv6l", "arm"],
    ["armv7l", "arm"],
    ["i686", "386"],
    ["riscv64", undefined],
    ["mips", undefined],
  ])("%s is %s", (machine, expected) => {
    expect(tarballArchitecture(machine)).toBe(expected);
  });
});

describe("a pushed tarball", () => {
  it("is the newest one of the folder that fits the host, by version", () => {
    const content = "tailscale_1.102.0_amd64.tgz";
    expect(pushed()).toMatchObject({
      step: {
        args: [content, "1.102.0", createHash("sha256").update(content).digest("hex")],
        upload: content,
        stdin: Buffer.from(content),
      },
    });
    const arm = { withoutClient: true, facts: { arch: "aarch64" } };
    expect(pushed({}, arm)).toMatchObject({ step: { upload: "tailscale_1.104.0_arm64.tgz" } });
  });

  it("is the version that is asked for, also an older one", () => {
    expect(pushed({ version: "1.98.1" }, { version: "1.102.0" })).toMatchObject({
      step: { upload: "tailscale_1.98.1_amd64.tgz" },
    });
  });

  it("may be named itself", () => {
    const path = join(folder, "tailscale_1.98.1_amd64.tgz");
    expect(pushed({ path })).toMatchObject({ step: { upload: "tailscale_1.98.1_amd64.tgz" } });
  });

  it.each([
    [{ version: "1.2.3" }, /has no tarball of 1.2.3 for amd64/],
    [{ min_version: "1.200.0" }, /newest tarball for amd64 in install.path is 1.102.0, below 1.200.0/],
    [{ path: "/does/not/exist" }, /install.path \/does\/not\/exist cannot be read: ENOENT/],
  ])("is refused for %o", (install, reason) => {
    const plan = pushed(install);
    expect(plan.ok ? "a step" : plan.reason).toMatch(reason);
  });

  it.each([{}, { min_version: "1.100.0" }])("is never older than what is there, with %o", (install) => {
    const plan = pushed(install, { version: "1.110.0" });
    expect(plan.ok ? "a step" : plan.reason).toMatch(/is 1.102.0, below 1.110.0/);
  });

  it("must be what the .sha256 file beside it says", () => {
    const path = file("tailscale_1.103.0_386.tgz");
    file("tailscale_1.103.0_386.tgz.sha256", "0".repeat(64));
    const plan = pushed({ path }, { withoutClient: true, facts: { arch: "i686" } });
    expect(plan.ok ? "a step" : plan.reason).toMatch(/tailscale_1.103.0_386.tgz.sha256 says 000/);
  });

  it("is looked for at preview", () => {
    expect(checkInstall({ method: "push", path: folder })).toEqual([]);
    expect(checkInstall({ method: "push", path: join(folder, "notes.txt") })).toEqual([
      expect.stringMatching(/notes.txt is not named as the official tarballs are/),
    ]);
    expect(checkInstall({ method: "auto" })).toEqual([]);
  });

  it("is announced as it goes, a few times", () => {
    const said: string[] = [];
    const report = uploadProgress("x.tgz", (message) => said.push(message));
    const total = 31 * 1024 * 1024;
    for (let piece = 0; piece <= 200; piece += 1) report((piece * total) / 200, total);
    expect(said).toHaveLength(11);
    expect(said[4]).toBe("uploading x.tgz (12 of 31 MB)");
    expect(said[10]).toBe("uploading x.tgz (31 of 31 MB)");
  });
});

describe("a fetched tarball", () => {
  it("is the newest one of the track, not below what is there", () => {
    expect(fetched()).toMatchObject({
      step: { args: ["https://pkgs.tailscale.com/stable", "amd64", "", ""] },
    });
    const settings = { track: "unstable", repository: "https://pkgs.example.com/mirror/" } as const;
    expect(fetched(settings, { version: "1.98.1" })).toMatchObject({
      step: { args: ["https://pkgs.example.com/mirror/unstable", "amd64", "", "1.98.1"] },
    });
    expect(fetched({ min_version: "1.90.0" }, { version: "1.98.1" })).toMatchObject({
      step: { args: ["https://pkgs.tailscale.com/stable", "amd64", "", "1.98.1"] },
    });
  });

  it.each([
    [{}, { fetcher: "" }, /neither curl nor wget/],
    [{}, { arch: "riscv64" }, /no tarball for riscv64/],
    [{ repository: "http://pkgs.example.com" }, {}, /must be https/],
  ])("is refused (%#)", (install, facts, reason) => {
    const plan = fetched(install, { withoutClient: true, facts });
    expect(plan.ok ? "a step" : plan.reason).toMatch(reason);
  });
});
