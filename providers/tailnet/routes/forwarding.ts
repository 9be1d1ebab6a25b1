/** IP forwarding: a node that offers routes passes on nothing until its kernel does. */
import { MeshError } from "../../../errors";
import { excerpt } from "../../../excerpt";
import type { HostFacts } from "../probe/facts";
import type { Forwarding } from "../probe/forwarding";
import { hostScript } from "../scripts";
import type { Target } from "../target";

const FAMILIES = ["v4", "v6"] as const;
type Family = (typeof FAMILIES)[number];
const NAMES = { v4: "IPv4", v6: "IPv6" };
const SETTINGS = { v4: "net.ipv4.ip_forward", v6: "net.ipv6.conf.all.forwarding" };

/** Pure: the families that these routes need and that the kernel, which has them, does not forward. */
export function notForwarding(
  { forwarding, status }: Pick<HostFacts, "forwarding" | "status">,
  routes: readonly string[],
): readonly Family[] {
  if (status?.TUN === false) return []; // The client passes packets on itself.
  const needs = { v4: routes.some((route) => route.includes(".")), v6: routes.some((r) => r.includes(":")) };
  return FAMILIES.filter((family) => needs[family] && forwarding[family] === false);
}

/** Pure: whether forwarding will be off after a boot, though it could be seen to. */
export function lastsUntilBoot(
  { forwarding, status }: Pick<HostFacts, "forwarding" | "status">,
  routes: readonly string[],
): boolean {
  return routes.length > 0 && status?.TUN !== false && forwarding.writable && !forwarding.file;
}

/** Switches forwarding on where the declared routes need it and it is off, or would be after a boot: one exec. */
export async function ensureForwarding(target: Target, routes: readonly string[]): Promise<void> {
  const { host, ctx } = target;
  const facts = await target.facts();
  const off = notForwarding(facts, routes);
  if (!facts.forwarding.writable) return; // `forwardingWarnings` says so.
  if (off.length === 0 && !lastsUntilBoot(facts, routes)) return;
  ctx.progress("switching IP forwarding on");
  const run = { label: "forwarding", script: hostScript("forward"), args: facts.forwarding.announced };
  const { code, output, facts: after } = await target.run(run);
  const still = notForwarding(after, routes);
  if (still.length > 0 || code !== 0) throw notSwitched(host, still, output);
  const [, overruling] = /^overruled (.*)$/m.exec(output) ?? [];
  if (overruling !== undefined)
    ctx.warn(
      `${host}: ${excerpt(overruling)} switches IP forwarding off at boot, and is read after our file: remove those lines there, or its routes lead nowhere after the next boot`,
    );
  if (/^unread$/m.test(output))
    ctx.warn(
      `${host}: nothing on the host reads /etc/sysctl.d at boot, so that IP forwarding is off after the next one until \`pulumi up\`: have its start run \`sysctl --system\``,
    );
}

/** Takes our file away from a node that offers no route any more: one exec, and none where there is no file. */
export async function dropForwarding(target: Target): Promise<void> {
  const { forwarding, prefs } = await target.facts();
  if (!forwarding.file || prefs === undefined || (prefs.AdvertiseRoutes ?? []).length > 0) return;
  await target.run({ label: "forwarding", script: hostScript("forward-no-more") });
}

/** Pure: what a refresh says of it, a sentence each. */
export function forwardingDrift(
  facts: { readonly forwarding: Forwarding } & Pick<HostFacts, "status">,
  routes: readonly string[],
): string[] {
  const off = notForwarding(facts, routes);
  if (off.length > 0 && facts.forwarding.writable)
    return [`${families(off)} forwarding is off, so that the node's routes lead nowhere`];
  return lastsUntilBoot(facts, routes) ? ["IP forwarding is on, but not after the next boot"] : [];
}

/** Pure: what stays so until somebody else changes it, a sentence each. */
export function forwardingWarnings(
  facts: Pick<HostFacts, "forwarding" | "status">,
  routes: readonly string[],
): string[] {
  const off = notForwarding(facts, routes);
  if (off.length === 0 || facts.forwarding.writable) return [];
  // Both families: who starts the container anew does it once.
  const options = FAMILIES.map((family) => `--sysctl ${SETTINGS[family]}=1`).join(" ");
  return [
    `${families(off)} forwarding is off and cannot be switched on from here, as in a container, so that the node's routes lead nowhere. Start the container with \`${options}\`, or switch it on on the machine below.`,
  ];
}

function notSwitched(host: string, still: readonly Family[], output: string): MeshError {
  const what =
    still.length === 0 ? "IP forwarding could not be made to last" : `${families(still)} stays off`;
  return new MeshError({
    kind: "join-failed",
    host,
    message: `the host does not forward, so that its routes would lead nowhere: ${what} (${excerpt(output) || "no output"})`,
    remedy: `Run \`sysctl -w ${SETTINGS[still[0] ?? "v4"]}=1\` on the host and see what keeps it from it, or take its routes out of flags.`,
  });
}

const families = (list: readonly Family[]) => list.map((family) => NAMES[family]).join(" and ");
