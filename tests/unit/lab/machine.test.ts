/** What the lab knows about the machine, its processes and its own state, from text alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { formatExports } from "../../../lab/cli/print";
import { DEFAULT_RELEASE } from "../../../lab/control/releases";
import { listRemedies, missingPackages } from "../../../lab/prepare/doctor";
import { isAtLeast, requiredGoVersion } from "../../../lab/prepare/go-version";
import { parseFingerprint } from "../../../lab/prepare/signing";
import { buildEnvironment } from "../../../lab/scenario/environment";
import { DEFAULT_PLAN } from "../../../lab/scenario/plan";
import { parseState } from "../../../lab/scenario/state";
import { labPaths } from "../../../lab/paths";
import { endsWith, startTime } from "../../../lab/system/processes";

describe("the doctor", () => {
  const isMet = () => Promise.resolve(false);
  const lacks = (name: string, debianPackage?: string, remedy?: string) => {
    return { requirement: { name, debianPackage, remedy, isMet }, met: false };
  };

  it("names each package once, and what a person has to do first", () => {
    const findings = [
      lacks("gpgconf", "gnupg"),
      lacks("gpg", "gnupg"),
      lacks("Go", undefined, "Install Go."),
      lacks("ip", "iproute2"),
    ];
    expect(missingPackages(findings)).toEqual(["gnupg", "iproute2"]);
    expect(listRemedies(findings)).toEqual([
      "Install Go.",
      "Install with your package manager (Debian's names): apt-get install gnupg iproute2",
    ]);
  });

  it("compares Go versions as numbers", () => {
    expect(isAtLeast("go1.26.10", "1.26.9")).toBe(true);
    expect(isAtLeast("go1.9", "1.26")).toBe(false);
    expect(isAtLeast("go1.26", "1.26.0")).toBe(true);
    expect(isAtLeast("", "1.26")).toBe(false);
    expect(requiredGoVersion()).toMatch(/^1\.\d+\.\d+$/);
  });
});

describe("finding a daemon again", () => {
  it("takes only a process with exactly the lab's arguments at its end", () => {
    const identity = ["serve", "--config", "/state/demo/config.yaml"];
    expect(endsWith(["/cache/headscale", ...identity], identity)).toBe(true);
    expect(endsWith(["vi", "/state/demo/config.yaml"], identity)).toBe(false);
    expect(endsWith(["headscale", "serve", "--config", "/state/demo-2/config.yaml"], identity)).toBe(false);
    expect(endsWith([], [])).toBe(false);
  });

  it("tells processes with the same pid apart by when they started", async () => {
    expect(await startTime(process.pid)).toMatch(/^\d+$/);
    expect(await startTime(2 ** 30)).toBeUndefined();
  });
});

describe("a lab's environment", () => {
  it("puts the lab's programs first on PATH, once", () => {
    const paths = labPaths("demo");
    const { PATH } = buildEnvironment(paths, { PATH: `/usr/bin:${paths.bin}:/bin` });
    expect(PATH).toBe(`${paths.bin}:/usr/bin:/bin`);
  });

  it("adds its authority to those that were trusted before, also when it is asked twice", () => {
    const folder = mkdtempSync(join(tmpdir(), "lab-"));
    try {
      const at = (name: string) => join(folder, name);
      const paths = { ...labPaths("demo"), caFile: at("ca.crt"), caBundle: at("bundle.crt") };
      writeFileSync(paths.caFile, "LAB\n");
      writeFileSync(at("company.crt"), "COMPANY");
      const trusted = (own: string | undefined) =>
        buildEnvironment(paths, { PATH: "", NODE_EXTRA_CA_CERTS: own })["NODE_EXTRA_CA_CERTS"]!;
      for (const own of [undefined, "", paths.caFile, at("missing.crt")])
        expect(trusted(own)).toBe(paths.caFile);
      expect(readFileSync(trusted(at("company.crt")), "utf8")).toBe("COMPANY\nLAB\n");
      expect(readFileSync(trusted(paths.caBundle), "utf8")).toBe("COMPANY\nLAB\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("can be read by a shell", () => {
    expect(formatExports({ A: "it's", B: "two words" })).toBe("export A='it'\\''s'\nexport B='two words'");
  });
});

describe("text from elsewhere", () => {
  it("says which file is broken and how to get out of it", () => {
    expect(() => parseState('{"version":1}', "/state.json")).toThrow(
      /^\/state.json is not a lab's state\nRun .* down/,
    );
  });

  it("reads a state from before there were several kinds of hosts and several releases of Headscale", () => {
    const hosts = [{ name: "host-1", address: "10.213.7.11" }];
    const state = parseState(JSON.stringify({ version: 1, name: "demo", wanted: 2, hosts }), "/state.json");
    expect(state.wanted).toEqual([DEFAULT_PLAN, DEFAULT_PLAN]);
    expect(state.hosts).toEqual([{ ...hosts[0], ...DEFAULT_PLAN }]);
    expect(state.headscale).toBe(DEFAULT_RELEASE);
  });

  it("finds the fingerprint in gpg's listing", () => {
    const listing = `pub:u:3072:1:1122:1:::u:::scSC::::::23::0:\nfpr:::::::::${"AB".repeat(20)}:\nuid:u::::1::H::x:\n`;
    expect(parseFingerprint(listing)).toBe("AB".repeat(20));
  });
});
