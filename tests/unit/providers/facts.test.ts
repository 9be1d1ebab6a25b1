import { describe, expect, it } from "vitest";
import { parseFacts, parseVersion } from "../../../providers/client/facts";
import { parseSections } from "../../../providers/client/sections";
import { probeOutput } from "./probe-output";

const facts = (output: string) => parseFacts("web-1", parseSections(output));

describe("the facts of a probe", () => {
  it("are read from a joined Debian host", () => {
    const { os, client, daemon, systemd, packages, status, prefs } = facts(probeOutput());
    expect(os).toEqual({
      id: "debian",
      like: [],
      codename: "bookworm",
      name: "Debian GNU/Linux 12 (bookworm)",
    });
    expect(client).toEqual({ path: "/usr/bin/tailscale", version: "1.102.0" });
    expect(daemon).toEqual({ enabled: true, active: true });
    expect({ systemd, packages }).toEqual({ systemd: true, packages: "apt" });
    expect(status?.Self?.DNSName).toBe("web-1.demo.mesh.");
    expect(prefs?.ControlURL).toBe("https://headscale.demo.lab");
  });

  it("know a host without a client", () => {
    const { client, status, daemon } = facts(
      "\n#:os\nID=debian\n#:facts\nkernel=Linux\narch=x86_64\n#:end\n",
    );
    expect({ client, status, daemon }).toEqual({
      client: undefined,
      status: undefined,
      daemon: { enabled: false, active: false },
    });
  });

  it("are refused when the output was cut", () => {
    expect(() => facts("\n#:os\nID=debian\n")).toThrow(
      /web-1: join failed: the output of the probe was cut short/,
    );
  });

  it("are refused when the client prints no JSON", () => {
    expect(() => facts("\n#:status\nSegmentation fault\n#:end\n")).toThrow(/not JSON/);
  });
});

describe("a version", () => {
  it.each([
    ["1.44.0-123-gabc", "1.44.0"],
    ["1.102.0", "1.102.0"],
    ["1.80", "1.80.0"],
    ["", ""],
    ["unknown", ""],
  ])("%s is %s", (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});
