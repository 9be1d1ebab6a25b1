/** Installs from the official apt repository: Debian, Ubuntu, and what says in os-release that it is like them. */
import type { HostFacts } from "../facts";
import { INSTALL_APT } from "./apt-scripts";
import type { InstallWay } from "./way";

const REPOSITORY = "https://pkgs.tailscale.com/stable";
const DISTRIBUTIONS = ["debian", "ubuntu", "raspbian"];

/** Pure: the distribution whose packages fit; a derivative uses those of the first one it is like. */
export function aptDistribution({ os }: Pick<HostFacts, "os">): string | undefined {
  return [os.id, ...os.like].find((id) => DISTRIBUTIONS.includes(id));
}

export const apt: InstallWay = {
  name: "apt repository",
  plan(facts) {
    const distribution = aptDistribution(facts);
    if (facts.packages !== "apt" || !facts.systemd || distribution === undefined || facts.os.codename === "")
      return undefined;
    return { script: INSTALL_APT, args: [REPOSITORY, distribution, facts.os.codename] };
  },
};
