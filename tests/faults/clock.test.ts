/** Hosts whose clock is wrong: to them certificates are expired, or not valid yet. */
import { expect } from "@jest/globals";
import { mustLab } from "../integration/support/lab";
import { awaitOlderThan, hostWithClock, setClock } from "./support/clock";
import { fault } from "./support/record";
import { errorOf, freshStack, mustConverge } from "./support/world";
import { eventually } from "../support/eventually";

const group = "Hosts";
/** A kernel as a process is slow, and a boot of it is part of a try. */
const tryTimeoutMs = 420_000;

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** Past the end of every certificate of the lab, and before they began. */
const WRONG = [
  { ahead: 11 * 365 * DAY, skew: /the host's clock is 11 years ahead of this machine's \(2\d{3}-/ },
  { ahead: -60 * DAY, skew: /the host's clock is 60 days behind this machine's \(2\d{3}-/ },
];
const SET_CLOCK = "Set the one that is wrong";
const words = ({ ahead }: { ahead: number }) =>
  ahead > 0 ? `${ahead / DAY / 365} years ahead` : `${-ahead / DAY} days behind`;

fault(
  {
    group,
    name: "the host's clock is years ahead, and months behind, at a fresh join",
    outcome:
      "`install failed`: the repository's certificate is expired, or not valid yet; the error tells both clocks' times and to set the wrong one. With the clock right `pulumi up` converges",
    tries: WRONG.length,
    tryTimeoutMs,
  },
  async (index) => {
    const { ahead, skew } = WRONG[index]!;
    const lab = await mustLab();
    const host = await hostWithClock(lab);
    await using stack = await freshStack(lab, [host]);
    await setClock(lab, host, ahead);
    const error = errorOf(await stack.up());
    expect(error).toMatch(/install failed: .*certificate chain uses (expired|not yet valid) certificate/);
    expect(error).toMatch(skew);
    expect(error).toContain(SET_CLOCK);
    await setClock(lab, host, 0);
    await mustConverge(lab, stack, [host]);
    return words({ ahead });
  },
);

fault(
  {
    group,
    name: "the same on a host that has the client already",
    outcome:
      "`control server`: its certificate is expired, or not valid yet (`x509`), with both times as above. With the clock right `pulumi up` converges",
    tries: WRONG.length,
    tryTimeoutMs,
  },
  async (index) => {
    const { ahead, skew } = WRONG[index]!;
    const lab = await mustLab();
    const host = await hostWithClock(lab);
    await using stack = await freshStack(lab, [host]);
    const key = stack.env["MESH_AUTHKEY"]!;
    stack.env["MESH_AUTHKEY"] = "";
    expect(errorOf(await stack.up())).toContain("key missing"); // by then the client is installed
    stack.env["MESH_AUTHKEY"] = key;
    await setClock(lab, host, ahead);
    const error = errorOf(await stack.up());
    expect(error).toMatch(/control server: .*x509: certificate has expired or is not yet valid/);
    expect(error).toMatch(skew);
    expect(error).toContain(SET_CLOCK);
    await setClock(lab, host, 0);
    await mustConverge(lab, stack, [host]);
    return words({ ahead });
  },
);

fault(
  {
    group,
    name: "the clock of a joined host jumps by years, and by months back, and its tailscaled starts again",
    outcome:
      "`pulumi refresh` warns of the clock and keeps the host's state, `pulumi up` has nothing to do; with the clock right the node is back by itself",
    tries: WRONG.length,
    tryTimeoutMs,
  },
  async (index) => {
    const { ahead, skew } = WRONG[index]!;
    const lab = await mustLab();
    const host = await hostWithClock(lab);
    await using stack = await freshStack(lab, [host]);
    await setClock(lab, host, 0);
    await mustConverge(lab, stack, [host]);
    await setClock(lab, host, ahead);
    await lab.exec(host, ["systemctl", "restart", "tailscaled"]);
    const refreshed = await stack.refresh();
    expect(refreshed.code).toBe(0);
    const said = refreshed.output.replaceAll(/\s+/g, " ");
    expect(said).toMatch(skew);
    expect(said).toMatch(/control server: .*x509.* Its state is kept as it was/);
    expect(said).toMatch(/3 unchanged/);
    expect((await stack.mustUp()).trace).toEqual([]);
    await setClock(lab, host, 0);
    const isOnline = async () => expect((await stack.refresh()).output).not.toMatch(/Its state is kept/);
    await eventually(isOnline, { timeout: 120_000, interval: 1_000 });
    await mustConverge(lab, stack, [host]);
    return words({ ahead });
  },
);

const SMALL = [5 * MINUTE, -5 * MINUTE];

fault(
  {
    group,
    name: "the host's clock is five minutes ahead, and behind, at a fresh join",
    outcome: "it joins as any other, without a warning",
    tries: SMALL.length,
    tryTimeoutMs,
  },
  async (index) => {
    const ahead = SMALL[index]!;
    const lab = await mustLab();
    const host = await hostWithClock(lab);
    await awaitOlderThan(lab, 6 * MINUTE);
    await using stack = await freshStack(lab, [host]);
    await setClock(lab, host, ahead);
    const { output } = await mustConverge(lab, stack, [host]);
    expect(output).not.toMatch(/host's clock/);
    await setClock(lab, host, 0);
    return `${Math.abs(ahead) / MINUTE} minutes ${ahead > 0 ? "ahead" : "behind"}`;
  },
);
