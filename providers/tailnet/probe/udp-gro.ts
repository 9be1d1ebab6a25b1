/** What a probe tells of UDP GRO forwarding, on a host where we see to it; elsewhere it does not look. */
import { excerpt } from "../../../excerpt";

/** A feature of a network device, as `ethtool -k` shows it. */
export interface Feature {
  readonly on: boolean;
  /** Why it stays so: the driver has it fixed, or did not do what it was asked for. */
  readonly stuck?: "fixed" | "refused";
}

/** A device with a default route. */
export interface Device {
  readonly name: string;
  /** rx-udp-gro-forwarding; absent where the kernel has no such thing. */
  readonly forwarding?: Feature;
  /** rx-gro-list, which the kernel prefers where both are on. */
  readonly list?: Feature;
  /** True where ethtool does not tell its features. */
  readonly untold: boolean;
  /** Whether our file has it, which is what a boot goes by. */
  readonly kept: boolean;
}

export interface UdpGro {
  /** Whether ethtool is there; without it nothing is known of devices. */
  readonly tool: boolean;
  /** Whether root may change a device here, as in a container it mostly may not. */
  readonly permitted: boolean;
  /** Whether a boot switches it on; `never`: nothing on the host could be told to. */
  readonly atBoot: "yes" | "no" | "never";
  readonly devices: readonly Device[];
}

const UNKEPT = "unkept";
const FEATURE = /^(rx-udp-gro-forwarding|rx-gro-list): (on|off)(?: \[(fixed|requested)\b.*)?$/;

/** `unread`: we see to it, and the script did not look at more. */
export type UdpGroFacts = UdpGro | "unread";

/** Pure: the section `udp-gro` of a probe; undefined without one. */
export function parseUdpGro(text: string | undefined): UdpGroFacts | undefined {
  if (text === undefined) return undefined;
  if (text === "") return "unread";
  const [head = "", ...parts] = `\n${text}`.split(/^device=/m);
  const lines = head.split("\n");
  const kept = (lines.find((line) => line.startsWith("kept=")) ?? "").slice("kept=".length).split(" ");
  return {
    tool: lines.includes("tool=yes"),
    permitted: lines.includes("permitted=yes"),
    atBoot: kept.includes(UNKEPT) ? "never" : lines.includes("boot=yes") ? "yes" : "no",
    devices: parts.map((part) => parseDevice(part.split("\n"), kept)),
  };
}

function parseDevice([name = "", ...lines]: readonly string[], kept: readonly string[]): Device {
  const features = Object.fromEntries(
    lines.flatMap((line) => {
      const [, feature, value, note] = FEATURE.exec(line.trim()) ?? [];
      if (feature === undefined) return [];
      const stuck = note === undefined ? {} : { stuck: note === "fixed" ? "fixed" : "refused" };
      return [[feature, { on: value === "on", ...stuck } as Feature]];
    }),
  );
  return {
    name: excerpt(name, { max: 20 }),
    forwarding: features["rx-udp-gro-forwarding"],
    list: features["rx-gro-list"],
    untold: lines.includes("untold=yes"),
    kept: kept.includes(name),
  };
}
