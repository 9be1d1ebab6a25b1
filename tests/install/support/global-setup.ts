/** One lab for the matrix, with a host of each kind: booted once, or the running one that MESH_TEST_LAB names. */
import { Lab, logToStderr, removeStaleLabs } from "../../../lab";
import { BOOTED_INSTALL_LAB } from "../../integration/support/booted-lab";
import { VARIANTS, WITHOUT_TUN } from "./targets";

const PREFIX = "i-";

export default async function setup(): Promise<void> {
  const running = process.env["MESH_TEST_LAB"];
  if (running === undefined) await removeStaleLabs(PREFIX, logToStderr);
  const name = running ?? `${PREFIX}${process.pid.toString(36)}`;
  const lab =
    running === undefined
      ? await Lab.up({ name, hosts: 0, log: logToStderr })
      : await Lab.attach(name, logToStderr);
  const wanted = process.env["MESH_INSTALL_PART"] === "fresh" ? VARIANTS : [...VARIANTS, ...WITHOUT_TUN];
  for (const { image, tun } of wanted)
    if (!lab.hosts.some((host) => host.image === image && host.tun === tun))
      await lab.addHosts(1, { image, tun });
  if (running === undefined) process.env[BOOTED_INSTALL_LAB] = name;
}
