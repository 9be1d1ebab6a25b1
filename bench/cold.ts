/** (b) New hosts are installed and joined: the handlers of a create against a shell script that does the same over `ssh`. */
import { join } from "node:path";
import type { Lab } from "../lab";
import { inputsOf, networkOf } from "./fleet";
import { inTurns, timed, type Record_ } from "./measure";

/** What a person would write, for one distribution: no version, no check, nothing is read back. */
const SCRIPT = `set -e
export DEBIAN_FRONTEND=noninteractive
base=https://pkgs.tailscale.com/stable/debian/bookworm
curl -fsSL $base.noarmor.gpg -o /usr/share/keyrings/tailscale-archive-keyring.gpg
curl -fsSL $base.tailscale-keyring.list -o /etc/apt/sources.list.d/tailscale.list
apt-get update -q
apt-get install -y -q tailscale
tailscale up --login-server="$1" --hostname="$2" --auth-key=file:/dev/stdin --timeout=60s`;

const SSH = "-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";

export async function cold(lab: Lab, record: Record_, rounds: number): Promise<void> {
  const hosts = lab.hosts.length;
  const anew = async () => {
    const nodes = ((await lab.headscale(["nodes", "list"])) ?? []) as { id: number | string }[];
    for (const { id } of nodes)
      await lab.headscale(["nodes", "delete", "--identifier", String(id), "--force"]);
    await Promise.all(lab.hosts.map(({ name }) => lab.resetHost(name)));
    return lab.authKey({ tags: ["app"], reusable: true });
  };
  const contestants = {
    ours: async () => byHandlers(lab, await anew()),
    "shell script": async () => byScript(lab, await anew()),
  };
  await inTurns(rounds, contestants, (who, value) =>
    record({ part: "cold", who, at: { hosts }, value, unit: "s" }),
  );
}

async function byHandlers(lab: Lab, key: string): Promise<number> {
  const inputs = inputsOf(lab, networkOf(lab, await lab.repositoryKey()));
  const env = { ...process.env, MESH_BENCH_AUTHKEY: key };
  const creator = join(__dirname, "creator.js");
  return (await timed(process.execPath, [creator], { env, stdin: JSON.stringify(inputs) })).seconds;
}

async function byScript(lab: Lab, key: string): Promise<number> {
  const one = `printf %s "$KEY" | exec ssh ${SSH} -i '${lab.identityFile}' "root@$1" "set -- ${lab.loginServer} bench-$1
$SCRIPT" >/dev/null`;
  const env = { ...process.env, KEY: key, SCRIPT };
  const stdin = lab.hosts.map(({ address }) => address).join("\n");
  return (await timed("xargs", ["-P", "64", "-n", "1", "sh", "-c", one, "sh"], { env, stdin })).seconds;
}
