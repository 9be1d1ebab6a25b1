/** How the client comes on a host: by our ways, and by an administrator's hand, as Tailscale's documentation says it. */
import type { TestHost } from "./host";
import type { Manager } from "./targets";

/** What the outputs say of a client that the package manager brought. */
export const INSTALLED_BY: Readonly<Record<Manager, string>> = {
  apt: "apt repository",
  dnf: "dnf repository",
  zypper: "zypper repository",
  pacman: "pacman",
};

const MIRROR = "https://pkgs.tailscale.com/stable";

const BY_HAND: Readonly<Record<Manager, (version: string) => string>> = {
  apt: (version) => `
    cd /usr/lib/apt
    ./apt-helper download-file ${MIRROR}/debian/bookworm.noarmor.gpg /usr/share/keyrings/tailscale-archive-keyring.gpg
    ./apt-helper download-file ${MIRROR}/debian/bookworm.tailscale-keyring.list /etc/apt/sources.list.d/tailscale.list
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y install tailscale=${version}`,
  dnf: (version) => `
    curl -fsSL ${MIRROR}/fedora/tailscale.repo -o /etc/yum.repos.d/tailscale.repo
    dnf -q -y install tailscale-${version}
    systemctl enable --now tailscaled`,
  zypper: (version) => `
    rpm --import ${MIRROR}/opensuse/leap/15.6/repo.gpg
    zypper --non-interactive addrepo -g -r ${MIRROR}/opensuse/leap/15.6/tailscale.repo
    zypper --non-interactive install tailscale=${version}
    systemctl enable --now tailscaled`,
  pacman: () => "pacman -Sy --noconfirm tailscale && systemctl enable --now tailscaled",
};

/** Installs a version from the official repository as an administrator would. */
export async function installByHand(host: TestHost, version: string): Promise<void> {
  await host.must(BY_HAND[host.target.manager](version));
}
