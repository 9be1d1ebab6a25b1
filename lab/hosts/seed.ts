/** The files a host finds at its first boot: who may log in, whom to trust, and which names lead where. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ARCH_PACKAGES_NAME, CONTROL_NAME, labNames, PACKAGES_NAME, SILENCED_NAMES } from "../network/names";
import { controlAddress, mirrorAddress, type Subnet } from "../network/subnet";
import type { LabPaths } from "../paths";
import type { Mirror } from "../prepare/mirror";
import { mustRun } from "../system/command";
import { writeAtomic } from "../system/files";

/** The names every host resolves, as lines of /etc/hosts; names of Tailscale's that the lab does not play lead nowhere. */
export function buildNames(lab: string, subnet: Subnet): string {
  const lines = [
    `${controlAddress(subnet)} ${labNames(lab).controlServer} ${CONTROL_NAME}`,
    `${mirrorAddress(subnet)} ${PACKAGES_NAME} ${ARCH_PACKAGES_NAME}`,
    ...SILENCED_NAMES.map((name) => `127.0.0.1 ${name}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Writes the lab's SSH key, the password of the user `ops`, and the folder that hosts see as /srv/lab. */
export async function ensureSeed(
  lab: string,
  subnet: Subnet,
  mirror: Mirror,
  paths: LabPaths,
): Promise<void> {
  await mkdir(paths.seed, { recursive: true, mode: 0o755 });
  if (!existsSync(paths.identityFile))
    await mustRun([
      "ssh-keygen",
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-C",
      `lab ${lab}`,
      "-f",
      paths.identityFile,
    ]);
  if (!existsSync(paths.opsPassword))
    await writeAtomic(paths.opsPassword, randomBytes(9).toString("base64url"));
  const password = await readFile(paths.opsPassword, "utf8");
  const hash = (await mustRun(["openssl", "passwd", "-6", "-stdin"], { stdin: password })).trim();
  await writeAtomic(join(paths.seed, "passwords"), `ops:${hash}\n`);
  await writeAtomic(join(paths.seed, "authorized_keys"), await readFile(`${paths.identityFile}.pub`, "utf8"));
  await writeAtomic(join(paths.seed, "ca.crt"), await readFile(paths.caFile, "utf8"));
  await writeAtomic(paths.repositoryKeyFile, await readFile(mirror.keyFile, "utf8"));
  await writeAtomic(join(paths.seed, "hosts"), buildNames(lab, subnet));
}
