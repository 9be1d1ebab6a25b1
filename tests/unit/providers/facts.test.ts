import { describe, expect, it } from "@jest/globals";
import { parseFacts, parseVersion } from "../../../providers/tailnet/probe/facts";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { probeOutput } from "./probe-output";

const facts = (output: string) => parseFacts("web-1", parseSections(output, ""));

describe("the facts of a probe", () => {
  it("are read from a joined Debian host", () => {
    const { os, client, daemon, init, managers, tun, fetcher, origin, status, prefs } = facts(
      probeOutput({ facts: { package: "deb" } }),
    );
    expect(os).toEqual({
      id: "debian",
      like: [],
      version: "12",
      codename: "bookworm",
      ubuntu: "",
      debian: "",
      variant: "",
      name: "Debian GNU/Linux",
      title: "Debian GNU/Linux 12 (bookworm)",
    });
    expect(client).toEqual({ path: "/usr/bin/tailscale", version: "1.102.0" });
    expect(daemon).toEqual({ enabled: true, active: true });
    expect({ init, managers, tun, fetcher }).toEqual({
      init: "systemd",
      managers: ["apt"],
      tun: true,
      fetcher: "curl",
    });
    expect(origin).toEqual({ package: "deb", linked: false });
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
      daemon: { enabled: true, active: false },
    });
  });

  it.each(["systemd", "openrc", "sysvinit", "runit"])("say of %s whether it starts the daemon", (init) => {
    const output = probeOutput({ facts: { init }, enabled: "", active: "active" });
    expect(facts(output)).toMatchObject({ init, daemon: { enabled: false, active: true } });
  });

  it("of a host without an init system never say that the daemon is not enabled: nothing can be", () => {
    const output = probeOutput({ facts: { init: "none" }, enabled: "", active: "" });
    expect(facts(output)).toMatchObject({ init: "none", daemon: { enabled: true, active: false } });
  });

  it("know what an interrupted package manager, a tarball and a stranger left", () => {
    const left = { package: "deb", broken: "half-configured", immutable: "read-only", tun: "" };
    expect(facts(probeOutput({ facts: left }))).toMatchObject({
      origin: { package: "deb", broken: "half-configured", linked: false },
      immutable: "read-only",
      tun: false,
    });
    const ours = { linked: "/usr/local/bin/tailscale", record: "pushed tarball" };
    expect(facts(probeOutput({ facts: ours })).origin).toEqual({ linked: true, record: "pushed tarball" });
    const foreign = { foreign: "/usr/local/sbin/tailscaled" };
    expect(facts(probeOutput({ facts: foreign })).origin).toEqual({ linked: false, ...foreign });
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
