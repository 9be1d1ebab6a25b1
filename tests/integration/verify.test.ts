/** Hosts that are done when their peers answer over the mesh; what is in the way is told, and mended, the next `up` goes on. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Lab } from "../../lab";
import { connectionTo, freshHosts, listNodes, mustLab, onHost, withPolicy } from "./support/lab";
import { keyedStack } from "./support/keyed-stack";
import { roundTrips, type Stack } from "./support/stack";

let lab: Lab;
let stack: Stack;
const PORT = 8080;

function declare(web: object | undefined, db?: object, flags: object = {}): Stack {
  return stack.configure({
    hosts: {
      web: { connection: connectionTo(lab, "host-1"), tags: ["tag:web"], verify: web, flags },
      db: { connection: connectionTo(lab, "host-2"), tags: ["tag:db"], verify: db },
    },
  });
}
const listen = (how: "start" | "stop") =>
  how === "start"
    ? onHost(
        lab,
        "host-2",
        "systemd-run",
        "-q",
        "--unit=listener",
        "python3",
        "-m",
        "http.server",
        String(PORT),
      )
    : onHost(lab, "host-2", "systemctl", "stop", "listener");
const names = async () => (await listNodes(lab)).map(({ name }) => name);
const verified = async () => {
  const { deployment } = await stack.state();
  return deployment.resources.find(({ urn }) => urn.endsWith("mesh-web"))?.outputs?.["verify"];
};
/** The lab's, where both may reach the other, but for this port. */
const onlySsh = { acls: [{ action: "accept", src: ["*"], dst: ["*:22"] }] };

beforeAll(async () => {
  lab = await mustLab();
  await freshHosts(lab, "host-1", "host-2");
  await listen("start");
  stack = await keyedStack(lab);
});
afterAll(async () => {
  await stack.destroy();
  await stack[Symbol.asyncDispose]();
});

it("two new hosts that wait for each other are joined, and both done", async () => {
  const run = await declare({ peers: ["db"], port: PORT }, { peers: ["web"] }).mustUp();
  expect(roundTrips(run, "web").execs.at(-1)).toBe("verify");
  expect(roundTrips(run, "db").execs.at(-1)).toBe("verify");
  expect(await names()).toEqual(["db", "web"]);
});

it("nothing is asked by an up without changes, nor by a refresh; a change of verify is one exec more", async () => {
  expect((await stack.mustUp()).trace).toEqual([]);
  const refreshed = await stack.refresh("--diff");
  expect(refreshed.output).toMatch(/Resources:\n {4}4 unchanged/);
  expect(roundTrips(refreshed, "web")).toEqual({ connections: 1, execs: ["probe"] });
  const changed = await declare({ peers: [`db.${lab.baseDomain}`], port: PORT }, { peers: ["web"] }).mustUp();
  expect(roundTrips(changed, "web")).toEqual({ connections: 1, execs: ["probe", "verify"] });
  expect(changed.trace.filter(({ host }) => host === "db")).toEqual([]);
});

it("the client's own names need no DNS of the system", async () => {
  const flags = { "accept-dns": false };
  await declare({ peers: ["db"], port: PORT }, { peers: ["web"] }, flags).mustUp();
});

it("a policy that forbids the port is told, the node stays, and with the policy mended up goes on", async () => {
  const web = { peers: ["db"], port: PORT, deadline: 8 };
  await withPolicy(lab, onlySsh, async () => {
    const { code, output } = await declare(web, { peers: ["web"] }).up();
    expect(code).not.toBe(0);
    expect(output).toContain(
      `web: peer unreachable: it has joined, and within 8 s db did not answer: the policy is in the way: it answers over the mesh, and port ${PORT} is not let through to this host. Let this host reach port ${PORT} of db in the policy. Then run`,
    );
    expect(await names()).toEqual(["db", "web"]);
    // A refresh finds the node as it shall be; that its peer was not reached is not forgotten.
    await stack.refresh();
    expect(await verified()).toBeUndefined();
    expect((await stack.up()).code).not.toBe(0);
  });
  const mended = await stack.mustUp();
  expect(roundTrips(mended, "web")).toEqual({ connections: 1, execs: ["probe", "verify"] });
  expect(await verified()).toEqual(web);
  expect((await stack.mustUp()).trace).toEqual([]);
});

/** Headscale up to 0.28 has no tests of its policy: there nobody can tell. */
const testsPolicy = () => lab.headscaleRelease === "0.29";
const UNTOLD = "the policy or a firewall there is in the way. See";

it("where the host's log does not tell, the control server's own test of its policy says what is in the way", async () => {
  const web = { peers: ["db"], port: PORT, deadline: 3 };
  const log = "/usr/bin/journalctl";
  await onHost(lab, "host-1", "mv", log, `${log}.away`);
  try {
    await withPolicy(lab, onlySsh, async () => {
      const { code, output } = await declare(web).up();
      expect(code).not.toBe(0);
      expect(output).toContain(
        testsPolicy()
          ? `db did not answer: the policy is in the way, as the control server's own test of it says: it answers over the mesh, and port ${PORT} is not let through to this host. Let this host reach`
          : UNTOLD,
      );
    });
  } finally {
    await onHost(lab, "host-1", "mv", `${log}.away`, log);
  }
});

it("a firewall on the peer is told apart from a policy that lets the port through", async () => {
  const rule = ["INPUT", "-p", "tcp", "--dport", String(PORT), "-j", "DROP"];
  await onHost(lab, "host-2", "iptables", "-I", ...rule);
  try {
    const { code, output } = await declare({ peers: ["db"], port: PORT, deadline: 3 }).up();
    expect(code).not.toBe(0);
    expect(output).toMatch(
      testsPolicy()
        ? /port 8080 does not( \(.*\))?: a firewall there is in the way, for the policy lets it through/
        : UNTOLD,
    );
  } finally {
    await onHost(lab, "host-2", "iptables", "-D", ...rule);
  }
  await declare({ peers: ["db"], port: PORT }).mustUp();
});

it("a port at which nobody listens is told, and a peer that nobody has joined", async () => {
  await listen("stop");
  const { code, output } = await declare({ peers: ["db", "gone"], port: PORT, deadline: 3 }).up();
  expect(code).not.toBe(0);
  expect(output).toContain(`port ${PORT} refuses the connection: nothing listens there; gone did not answer`);
  expect(output).toContain("gone did not answer: it has not joined: the control server does not list it");
  await listen("start");
  await declare({ peers: ["db"], port: PORT }).mustUp();
});

it("a peer whose tailscaled is stopped is told, with what the control server says of it", async () => {
  await onHost(lab, "host-2", "systemctl", "stop", "tailscaled");
  try {
    const { code, output } = await declare({ peers: ["db"], deadline: 20 }).up();
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /db did not answer: (it is offline at the control server|the network is in the way)/,
    );
  } finally {
    await onHost(lab, "host-2", "systemctl", "start", "tailscaled");
  }
  await stack.mustUp();
});
