/** Tailscale SSH as the way to a host whose sshd is closed to the world, and what it does where the policy is in the way. */
import { expect } from "@jest/globals";
import { connectionTo, onHost, withPolicy } from "../integration/support/lab";
import { ways, withClosedPort } from "../integration/support/mesh-first";
import { roundTrips } from "../integration/support/stack";
import { fault } from "./support/record";

const closed = withClosedPort();
const { declare, firewall } = closed;
const group = "Reaching a host in the mesh";

const USERS = ["root", "admin"] as const;

fault(
  {
    group,
    name: "sshd is stopped, and Tailscale SSH is on; as root, and as a user with sudo",
    outcome: "refresh and a guarded `up` come that way: Tailscale SSH shows the host's own key",
    tries: USERS.length,
  },
  async (index) => {
    const { lab, stack, address } = closed;
    const user = USERS[index];
    const ssh = [{ action: "accept", src: ["tag:app"], dst: ["tag:app"], users: [...USERS] }];
    const connection = connectionTo(lab, "host-1", user);
    await withPolicy(lab, { ssh }, async () => {
      declare({ connection, flags: { ssh: true } });
      await stack.mustUp();
      await onHost(lab, "host-1", "systemctl", "stop", "ssh");
      try {
        const refreshed = await stack.refresh();
        expect(refreshed.output).not.toContain("not reached by");
        expect(ways(refreshed)).toEqual([address]);
        // The guard sees this way, too, of which the host's commands are told nothing.
        declare({ connection, flags: { ssh: true, "report-posture": true } });
        const changed = await stack.mustUp();
        expect(roundTrips(changed, "web-1").execs).toEqual(["probe", "change", "confirm"]);
        expect(ways(changed)).toEqual([address, address]);
      } finally {
        await onHost(lab, "host-1", "systemctl", "start", "ssh");
      }
      declare({ connection, flags: { ssh: false, "report-posture": false } });
      await stack.mustUp();
    });
    return user;
  },
);

// A policy without any rule would not do: of that Headscale tells nodes nothing, and they keep the rules that they had.
const RULES = [
  { action: "accept", users: ["ops"] },
  { action: "check", users: ["root"] },
] as const;

fault(
  {
    group,
    name: "Tailscale SSH accepts another user alone, or wants a browser",
    outcome: "the host is reached by its connection",
    tries: RULES.length,
  },
  async (index) => {
    const { lab, stack } = closed;
    const ssh = [{ ...RULES[index], src: ["tag:app"], dst: ["tag:app"] }];
    await firewall("-D");
    await withPolicy(lab, { ssh }, async () => {
      declare({ flags: { ssh: true } });
      await stack.mustUp();
      expect(ways(await stack.refresh())).toEqual([undefined]);
      declare({ flags: { ssh: false } });
      await stack.mustUp();
    });
    await firewall("-I");
    return RULES[index]?.action;
  },
);
