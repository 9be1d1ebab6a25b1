/** Packages that an interrupted package manager left in pieces, and files that hide them. */
import { expect } from "@jest/globals";
import { install } from "./support/client";
import { mustRest, NEWEST } from "./support/expect";
import type { TestHost } from "./support/host";
import { cell } from "./support/record";
import { target } from "./support/targets";
import { INSTALLED_BY, installByHand } from "./support/ways";

const USER = "admin";
const row = { group: "Broken packages", settings: "auto", user: USER } as const;

/** The package works again, is the package manager's, and there is nothing more to do. */
async function mustBeRepaired(host: TestHost) {
  const pass = await install(host, USER);
  expect(pass.progress[0]).toContain(`installing from the ${INSTALLED_BY[host.target.manager]}`);
  expect(await host.version()).toBe(NEWEST);
  expect(await host.awaitDaemon(20)).toBe("NeedsLogin");
  await mustRest(host, USER);
  return pass;
}

const unpacked = { ...row, target: target("debian"), before: "unpacked by dpkg, not configured" };
cell({ ...unpacked, outcome: "configured and started" }, async (host) => {
  await installByHand(host, NEWEST);
  await host.must(
    `cd /tmp && apt-get -q download tailscale
     DEBIAN_FRONTEND=noninteractive apt-get -q -y purge tailscale
     dpkg --unpack tailscale_*.deb`,
  );
  return mustBeRepaired(host);
});

/** The processes that write the package's files. */
const KILLED = {
  debian: "apt-get dpkg dpkg-deb",
  fedora: "dnf rpm",
  opensuse: "zypper rpm",
  arch: "pacman",
} as const;

const INSTALL: Readonly<Record<keyof typeof KILLED, string>> = {
  debian: "DEBIAN_FRONTEND=noninteractive apt-get -q -y install tailscale",
  fedora: "dnf -q -y install tailscale",
  opensuse: "zypper --non-interactive install tailscale",
  arch: "pacman -S --noconfirm tailscale",
};

const UNINSTALL: Readonly<Record<keyof typeof KILLED, string>> = {
  debian: "DEBIAN_FRONTEND=noninteractive apt-get -q -y purge tailscale",
  fedora: "dnf -q -y remove tailscale",
  opensuse: "zypper --non-interactive remove tailscale",
  arch: "pacman -R --noconfirm tailscale",
};

/** Whether the package manager knows a whole package. */
const WHOLE: Readonly<Record<keyof typeof KILLED, string>> = {
  debian: "dpkg -s tailscale | grep -q '^Status: install ok installed'",
  fedora: "rpm -q tailscale && [ -x /usr/bin/tailscale ] && [ -x /usr/sbin/tailscaled ]",
  opensuse: "rpm -q tailscale && [ -x /usr/bin/tailscale ] && [ -x /usr/sbin/tailscaled ]",
  arch: "pacman -Q tailscale && tailscale version && tailscaled --version",
};

const IMAGES = Object.keys(KILLED) as (keyof typeof KILLED)[];

for (const image of IMAGES) {
  const killed = { ...row, target: target(image), before: "package manager killed while it unpacked" };
  cell({ ...killed, outcome: "installed anew and started" }, async (host) => {
    await installByHand(host, NEWEST);
    await host.must(
      `${UNINSTALL[image]}
       ${INSTALL[image]} >/tmp/install.log 2>&1 &
       until set -- /usr/bin/tailscale* && [ -e "$1" ] || set -- /usr/sbin/tailscale* && [ -e "$1" ]; do kill -0 $!; done
       kill -9 $!
       for name in ${KILLED[image]}; do pkill -9 -x "$name" || true; done
       wait || true`,
    );
    expect((await host.try(WHOLE[image])).code).not.toBe(0);
    return mustBeRepaired(host);
  });
}

for (const image of IMAGES) {
  const gone = { ...row, target: target(image), before: "the package's files deleted; only the daemon's" };
  cell({ ...gone, outcome: "brought back by the package manager" }, async (host) => {
    await installByHand(host, NEWEST);
    await host.must("systemctl stop tailscaled; rm /usr/bin/tailscale /usr/sbin/tailscaled");
    await mustBeRepaired(host);
    await host.must("systemctl stop tailscaled; rm /usr/sbin/tailscaled");
    return mustBeRepaired(host);
  });
}
