/** A host with a clock of its own, and hands to turn it. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../../lab";
import { hostOf } from "./machine";

/** The lab's host with a kernel of its own. */
export const hostWithClock = (lab: Lab): Promise<string> => hostOf(lab, "uml");

/** Sets the host's clock to so many seconds ahead of this machine's; negative: behind; 0: right. */
export async function setClock(lab: Lab, host: string, ahead: number): Promise<void> {
  const time = `@${(Date.now() / 1000 + ahead).toFixed(3)}`;
  const { code, stderr } = await lab.exec(host, ["date", `--set=${time}`]);
  if (code !== 0) throw new Error(`the clock of ${host} cannot be set: ${stderr}`);
}

/** Waits until the lab's certificate is so many seconds old: a host that is less behind must find it valid, as real ones are. */
export async function awaitOlderThan(lab: Lab, seconds: number): Promise<void> {
  const { validFromDate } = new X509Certificate(readFileSync(lab.paths.serverCertificate));
  await delay(Math.max(0, validFromDate.getTime() + seconds * 1000 - Date.now()));
}
