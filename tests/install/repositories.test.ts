/** What an earlier time left in the package manager's configuration: wrong addresses, other keys. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { ARCHIVE_KEY } from "../../providers/tailnet/install/archive-key";
import { install, installRefused, uninstall } from "./support/client";
import { mustRest, NEWEST } from "./support/expect";
import type { TestHost } from "./support/host";
import { cell } from "./support/record";
import { target } from "./support/targets";
import { installByHand } from "./support/ways";

const USER = "admin";
const row = { group: "Repositories and keys", settings: "auto", user: USER } as const;
const IMAGES = ["debian", "fedora", "opensuse"] as const;
type Image = (typeof IMAGES)[number];

const GONE = "https://pkgs.tailscale.com/stable/of-a-time-gone-by";
const STALE: Readonly<Record<Image, string>> = {
  debian: `echo 'deb [signed-by=/usr/share/keyrings/tailscale-archive-keyring.gpg] ${GONE} buster main' >/etc/apt/sources.list.d/tailscale.list`,
  fedora: `printf '[tailscale-stable]\\nname=Tailscale\\nbaseurl=${GONE}\\nenabled=1\\ngpgcheck=0\\n' >/etc/yum.repos.d/tailscale.repo`,
  opensuse: `mkdir -p /etc/zypp/repos.d; printf '[tailscale-stable]\\nname=Tailscale\\nbaseurl=${GONE}\\nenabled=1\\ngpgcheck=0\\n' >/etc/zypp/repos.d/tailscale.repo`,
};

const RPM_KEY = `mkdir -p /etc/pki/rpm-gpg; printf '%s\\n' '${ARCHIVE_KEY.trim()}' >/etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale`;
const OTHER_KEY: Readonly<Record<Image, string>> = {
  debian:
    "cp /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/tailscale-archive-keyring.gpg",
  fedora: `${RPM_KEY}; rm -rf /var/cache/dnf/tailscale*`,
  opensuse: `${RPM_KEY}; rm -rf /var/cache/zypp/*/tailscale*`,
};

/** The binary keyring of a key that was valid for a day, years ago. */
function expiredKeyring(): string {
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  const gpg = (...args: string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args]);
  try {
    gpg("--faked-system-time", "20200101T000000", "--quick-generate-key", "expired", "rsa2048", "sign", "1d");
    return gpg("--export").toString("base64");
  } finally {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
    rmSync(home, { recursive: true });
  }
}

async function mustInstall(host: TestHost) {
  const pass = await install(host, USER, { min_version: NEWEST });
  expect(await host.version()).toBe(NEWEST);
  expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
  await mustRest(host, USER);
  return pass;
}

const OWN = [
  "deb [trusted=yes] file:/opt/own ./",
  "deb https://pkgs.tailscale.com/debian bookworm main", // the host's mirror of Debian may be on the same server
  "",
].join("\n");
const LIST = "/etc/apt/sources.list.d/vpn.list";
const SOURCES = "/etc/apt/sources.list.d/vpn.sources";

/** The repository in two more files, each with another entry beside it. */
async function knowTwice(host: TestHost): Promise<() => Promise<void>> {
  await host.must(
    `curl -fsSL https://pkgs.tailscale.com/stable/debian/bookworm.noarmor.gpg -o /etc/vpn.gpg
     mkdir /opt/own; touch /opt/own/Packages
     echo 'deb [signed-by=/etc/vpn.gpg] https://pkgs.tailscale.com/stable/debian bookworm main' >${LIST}
     printf '%s' '${OWN}' >>${LIST}
     printf 'Types: deb\\nURIs: file:/opt/own\\nSuites: ./\\nTrusted: yes\\n\\n' >${SOURCES}
     printf 'Types: deb\\nURIs: https://pkgs.tailscale.com/stable/debian/\\nSuites: bookworm\\nComponents: main\\nSigned-By: /etc/vpn.gpg\\n' >>${SOURCES}`,
  );
  const sources = () =>
    host.must("cd /etc/apt && find . -path './sources*' -type f | sort | xargs sha256sum");
  const before = await sources();
  return async () => expect(await sources()).toBe(before);
}

const twice = {
  ...row,
  target: target("debian"),
  before: "the repository in two other files, with another key file",
};
cell(
  { ...twice, outcome: "these entries are disabled, and said; apt works; an uninstall enables them" },
  async (host) => {
    const mustBeAsBefore = await knowTwice(host);
    const pass = await mustInstall(host);
    for (const file of [LIST, SOURCES])
      expect(pass.progress).toContain(
        `disabling the entry of https://pkgs.tailscale.com/stable/debian in ${file}`,
      );
    const [disabled, ...kept] = (await host.must(`cat ${LIST}`)).split("\n");
    expect(disabled).toMatch(/^# disabled by pulumi-mesh.*: deb \[signed-by/);
    expect(`${kept.join("\n")}\n`).toBe(OWN);
    const update = await host.try(`sed -i /com.debian/d ${LIST}; apt-get -q update`);
    expect(update.code).toBe(0);
    await host.must(`echo '${OWN.split("\n")[1]}' >>${LIST}`);
    await uninstall(host, USER);
    await mustBeAsBefore();
    return pass;
  },
);

cell(
  { ...twice, settings: "repository_key: Tailscale's", outcome: "refused; apt's sources as before" },
  async (host) => {
    const mustBeAsBefore = await knowTwice(host);
    const pass = await installRefused(host, USER, { repository_key: ARCHIVE_KEY });
    expect(pass.progress).toContain(`the entry in ${LIST} is back`);
    await mustBeAsBefore();
    return pass;
  },
);

const expired = { ...row, target: target("debian"), before: `1.98.1, and an expired key in the keyring` };
cell({ ...expired, settings: `min_version: ${NEWEST}`, outcome: "key replaced, upgraded" }, async (host) => {
  await install(host, USER, { version: "1.98.1" });
  await host.must(
    `keyring=$(sed -n 's/.*signed-by=\\([^]]*\\).*/\\1/p' /etc/apt/sources.list.d/tailscale.list)
     echo ${expiredKeyring()} | base64 -d >"$keyring"
     rm -f /var/lib/apt/lists/*tailscale*`,
  );
  expect((await host.try("apt-get -q update")).stdout).toMatch(/NO_PUBKEY|EXPKEYSIG/);
  const pass = await mustInstall(host);
  expect((await host.try("apt-get -q -o APT::Update::Error-Mode=any update")).code).toBe(0);
  return pass;
});

for (const image of IMAGES) {
  const stale = { ...row, target: target(image), before: "repository file with an address that is gone" };
  cell({ ...stale, outcome: "rewritten, installed" }, async (host) => {
    await host.must(STALE[image]);
    const pass = await mustInstall(host);
    expect((await host.try("grep -rl of-a-time-gone-by /etc")).stdout).toBe("");
    return pass;
  });

  const other = { ...row, target: target(image), before: "1.98.1, and another key in the keyring" };
  cell({ ...other, settings: `min_version: ${NEWEST}`, outcome: "key replaced, upgraded" }, async (host) => {
    await installByHand(host, "1.98.1");
    await host.must(OTHER_KEY[image]);
    return mustInstall(host);
  });

  const unknown = { ...row, target: target(image), before: "fresh, mirror signed with an unknown key" };
  const settings = "repository_key: Tailscale's";
  cell(
    { ...unknown, settings, outcome: "refused, says whose key it expects; nothing installed" },
    async (host) => {
      const pass = await installRefused(host, USER, { repository_key: ARCHIVE_KEY });
      const error = pass.value;
      expect(error.kind).toBe("install-failed");
      expect(error.detail).toContain("the packages are not signed with the expected key");
      expect((await host.try("command -v tailscale")).stdout).toBe("");
      return pass;
    },
  );
}
