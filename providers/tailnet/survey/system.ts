/** Pure: what a join needs of the host itself: a way to install the client, a network device, a clock that is right. */
import type { Finding, Survey } from "../../survey";
import { chooseWay, shortName } from "../install/choose";
import { inTheWay } from "../install/errors";
import { installedBy } from "../install/installed-by";
import { whatIsMissing } from "../install/missing";
import type { InstallSettings, Unfit } from "../install/way";
import { clockSkew, SET_CLOCK } from "../probe/clock";
import type { HostFacts } from "../probe/facts";

export function findSystem(host: string, facts: HostFacts, install: InstallSettings): Finding[] {
  return [
    { check: "system", level: "ok", text: shortName(facts.os) },
    findClient(host, facts, install),
    findDevice(facts),
    findClock(facts),
  ];
}

function findClient(host: string, facts: HostFacts, install: InstallSettings): Finding {
  const check = "client";
  const missing = whatIsMissing(facts, install);
  if (missing === undefined)
    return {
      check,
      level: "ok",
      text: [facts.client?.version, installedBy(facts)].filter(Boolean).join(", "),
    };
  if (install.method === "skip")
    return {
      check,
      level: "fault",
      text: missing.text,
      remedy: "Mend it on the host, or set install.method to auto.",
    };
  if (missing.what === "daemon")
    return {
      check,
      level: "fault",
      text: missing.text,
      remedy: "Run `pulumi up`, which starts it; `journalctl -u tailscaled` on the host says why it stopped.",
    };
  return findWay(host, facts, install);
}

function findWay(host: string, facts: HostFacts, install: InstallSettings): Finding {
  const check = "client";
  const choice = chooseWay(facts, install);
  const unfit = ({ reason: text, remedy }: Unfit): Finding => ({ check, level: "fault", text, remedy });
  if (!choice.ok) return unfit(choice);
  const plan = choice.way.plan(facts, install);
  if (!plan.ok) return unfit(plan);
  if (facts.origin.foreign !== undefined) {
    const { detail, remedy } = inTheWay(host, facts.origin.foreign);
    return { check, level: "fault", text: detail, remedy };
  }
  return { check, level: "ok", text: `by ${choice.way.name}` };
}

/** What an `up` would do about the client. */
export function installOf(facts: HostFacts, install: InstallSettings): Pick<Survey, "install" | "isBare"> {
  const missing = whatIsMissing(facts, install);
  if (missing === undefined || install.method === "skip") return {};
  if (missing.what === "daemon") return { install: "start tailscaled" };
  const choice = chooseWay(facts, install);
  if (!choice.ok) return {};
  const isBare = facts.client === undefined && facts.origin.broken === undefined;
  const what = isBare ? "install the client" : `mend the client (${missing.text})`;
  const version = install.version === undefined ? "" : `, ${install.version}`;
  return { install: `${what} from the ${choice.way.name}${version}`, isBare };
}

function findDevice({ tun }: HostFacts): Finding {
  const check = "tun";
  if (tun) return { check, level: "ok", text: "/dev/net/tun" };
  return {
    check,
    level: "warn",
    text: "there is no /dev/net/tun: the client works without a network device, and programs on the host do not see the mesh",
    remedy: "Load the module (`modprobe tun`), or let the container have the device.",
  };
}

function findClock(facts: HostFacts): Finding {
  const check = "clock";
  const skew = clockSkew(facts);
  if (skew !== undefined)
    return { check, level: "fault", text: skew, remedy: SET_CLOCK.replace(/, then run.*$/, ".") };
  return facts.clock === undefined
    ? { check, level: "unknown", text: "the host does not tell its time" }
    : { check, level: "ok", text: "right" };
}
