/** What a probe tells of IP forwarding. */
import { parseAssignments } from "./sections";

export interface Forwarding {
  /** Whether the kernel forwards; undefined for a family that it does not have. */
  readonly v4?: boolean;
  readonly v6?: boolean;
  /** Whether it can be told to: a container's kernel mostly cannot. */
  readonly writable: boolean;
  /** Whether our file in /etc/sysctl.d is there. */
  readonly file: boolean;
  /** Devices that would lose the default route which a router announces, once the kernel forwards. */
  readonly announced: readonly string[];
}

/** Pure: the section `forwarding` of a probe. */
export function parseForwarding(text: string): Forwarding {
  const values = parseAssignments(text);
  const flag = (key: string) => (values.get(key) ? values.get(key) === "1" : undefined);
  return {
    v4: flag("v4"),
    v6: flag("v6"),
    writable: values.get("writable") === "yes",
    file: values.get("file") === "yes",
    // They become a part of a file's name on the host.
    announced: (values.get("announced") ?? "").split(" ").filter((device) => /^[\w.@:-]+$/.test(device)),
  };
}
