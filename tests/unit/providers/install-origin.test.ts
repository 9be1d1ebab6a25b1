/** How a client came on a host: what is said of it, and whether it can be taken off. */
import { describe, expect, it } from "@jest/globals";
import { parseFacts } from "../../../providers/tailnet/probe/facts";
import { installedBy } from "../../../providers/tailnet/install";
import { uninstallStep } from "../../../providers/tailnet/install/uninstall";
import { parseSections } from "../../../providers/tailnet/probe/sections";
import { probeOutput } from "./probe-output";

const factsOf = (facts: Record<string, string>, tun = true) => {
  const output = probeOutput({ facts }).replace('"BackendState"', `"TUN": ${tun}, "BackendState"`);
  return parseFacts("web-1", parseSections(output, ""));
};
const LINK = "/usr/local/bin/tailscale";

describe("installedBy", () => {
  it.each([
    [{ package: "deb" }, "apt repository"],
    [{ package: "rpm", managers: "dnf yum" }, "dnf repository"],
    [{ package: "rpm", managers: "zypper" }, "zypper repository"],
    [{ package: "rpm", managers: "" }, "rpm"],
    [{ package: "pacman", managers: "pacman" }, "pacman"],
    [{ package: "apk", managers: "apk" }, "apk"],
    [{ linked: LINK, record: "pushed tarball" }, "pushed tarball"],
    [{ linked: LINK }, "static tarball"],
    [{ foreign: LINK }, undefined],
  ] as const)("of %j is %s", (facts, expected) => {
    expect(installedBy(factsOf(facts))).toBe(expected);
  });

  it("says that there is no network device", () => {
    expect(installedBy(factsOf({ package: "deb" }, false))).toBe("apt repository, userspace networking");
  });
});

describe("uninstalling", () => {
  it.each([
    ["package", "deb"],
    ["linked", LINK],
    ["record", "static tarball"],
  ])("takes off what has the fact %s=%s", (key, value) => {
    expect(uninstallStep("web-1", factsOf({ [key]: value }))?.args).toEqual([]);
  });

  it("refuses a client of unknown origin, and does nothing without one", () => {
    expect(() => uninstallStep("web-1", factsOf({ foreign: LINK }))).toThrow(
      /unsupported os: no way to uninstall the client .* belongs to no package.*Uninstall tailscale on the host yourself/,
    );
    const none = parseFacts("web-1", parseSections(probeOutput({ withoutClient: true }), ""));
    expect(uninstallStep("web-1", none)).toBeUndefined();
  });
});
