/** What tailscaled is started with, as declared: set, compared with what the host says, withdrawn. */
import { describe, expect, it } from "@jest/globals";
import type { DaemonSettings } from "../../../providers";
import { parseDaemon } from "../../../providers/tailnet/probe/daemon";
import { inspect, join, labels, leave, MACHINE, markOf, OURS, THEIRS } from "./declared";
import { probeOutput, type ProbeParts } from "./probe-output";

const DAEMON: DaemonSettings = { port: 41777, flags: { verbose: 1 }, env: { TS_X: 'a "b" $c' } };
/** As the script writes it, beside a flag of others. */
const FILE = [
  "# flags: --verbose=1",
  'FLAGS="--debug=:1 --verbose=1"',
  'PORT="41777"',
  'TS_X="a \\"b\\" \\$c"',
];

const probe = (daemon?: ProbeParts["daemon"], parts: ProbeParts = {}) =>
  probeOutput({ machine: MACHINE, mark: markOf(OURS), daemon, ...parts });
const has = (...lacks: string[]) => ({ file: FILE, lacks });
const RUN = { run: { code: 0, output: "" } };
const failed = (code: number, output = "", section?: string) => ({
  run: { code, output },
  ...(section === undefined ? {} : { failed: section }),
});

describe("what tailscaled is started with", () => {
  it("is handed over with one exec more", async () => {
    const { error, warnings, session } = await join([probe(), probe(has(), RUN)], { daemon: DAEMON });
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(labels(session)).toEqual(["probe", "daemon"]);
    expect(session.calls[1]!.args).toEqual(["", "--verbose=1", "PORT=41777", 'TS_X=a "b" $c']);
  });

  it("costs nothing when it is so already", async () => {
    const { error, session } = await join([probe(has())], { daemon: DAEMON });
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is set before a login, which may need it", async () => {
    const fresh: ProbeParts = { backendState: "NeedsLogin" };
    const { session } = await join(
      [probe(undefined, fresh), probe(has(), { ...fresh, ...RUN }), probe(has())],
      { daemon: DAEMON },
    );
    expect(labels(session).slice(0, 3)).toEqual(["probe", "daemon", "login"]);
  });

  it("is not touched on a host that is in another network, and stays there", async () => {
    const elsewhere = probe(undefined, { prefs: { ControlURL: "https://other.example.com" } });
    const { error, session } = await join([elsewhere], { daemon: DAEMON });
    expect(error).toMatchObject({ kind: "wrong-tailnet" });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("goes when it is declared no more", async () => {
    const { error, session } = await join([probe(has()), probe(undefined, RUN)]);
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe", "daemon"]);
    expect(session.calls[1]!.args).toEqual([""]);
  });

  it("is refused before anything is done where it cannot be", async () => {
    const { error, session } = await join([], { daemon: { flags: { statedir: "/tmp" } } });
    expect(error).toMatchObject({ kind: "invalid-config" });
    expect(String(error)).toContain("daemon.flags.statedir: says where the login is kept");
    expect(labels(session)).toEqual([]);
  });

  it.each([
    [
      "what the daemon says of a flag",
      1,
      "tailscaled does not answer:\nflag provided but not defined: -x\nUsage of tailscaled:",
      "",
      /runs with the former settings again: it printed: flag provided but not defined: -x/,
    ],
    [
      "that its port is taken, and the daemon's line",
      1,
      "magicsock: unable to bind udp4 port 41777: bind: address already in use",
      "taken",
      /the tailscaled that runs does not listen at its port 41777; it printed: unable to bind udp4 port 41777/,
    ],
    ["that the node does not come up", 1, "", "node", /the node did not come up again/],
    ["what the service does not hand over", 1, "", "port 41641", /was started with the port 41641/],
    ["that nothing helps", 2, "", "", /does not start with the former settings either: it printed no reason/],
    ["that the service is strange", 3, "", "", /nobody here knows how its service could be told/],
  ])("that does not work is an error: %s", async (_what, code, output, section, said) => {
    const { error } = await join([probe(), probe(undefined, failed(code, output, section))], {
      daemon: DAEMON,
    });
    expect(error).toMatchObject({ kind: "install-failed" });
    expect(String(error)).toMatch(said);
  });

  it("that the script says to be done, and the host has not, is an error", async () => {
    const { error } = await join([probe(), probe(undefined, RUN)], { daemon: DAEMON });
    expect(String(error)).toContain("tailscaled is not started with what is declared for it");
  });

  it("leaves what a keeper needs where the connection rides the mesh", async () => {
    const riding = { peer: "100.64.0.9 50000 100.64.0.1 22" };
    const { session } = await join([probe(undefined, riding), ""], { daemon: DAEMON });
    const { args } = session.calls[1]!;
    expect(args).toContain("/var/lib/pulumi-mesh/undo-daemon.sh");
    expect(args.slice(-4)).toEqual(["keep", "--verbose=1", "PORT=41777", 'TS_X=a "b" $c']);
  });
});

describe("a script that did not look how much of it is in force", () => {
  const NOT_TOLD = { file: FILE };
  const LACKING = has("env TS_X");

  it("as one that waits for the daemon just after its start, is not taken for one that found nothing: a refresh looks", async () => {
    const outputs = [probe(has(), { backendState: "NoState" }), probe(NOT_TOLD), probe(LACKING)];
    const { result, session } = await inspect(outputs, undefined, { daemon: DAEMON });
    expect(labels(session)).toEqual(["probe", "await-daemon", "probe"]);
    expect(result?.drift).toEqual(["the tailscaled that runs has another TS_X in its environment"]);
  });

  it("nor by an update, which mends it", async () => {
    const outputs = [probe(has(), { backendState: "NoState" }), probe(NOT_TOLD), probe(LACKING)];
    const { error, session } = await join([...outputs, probe(has(), RUN)], { daemon: DAEMON });
    expect(error).toBeUndefined();
    expect(labels(session)).toEqual(["probe", "await-daemon", "probe", "daemon"]);
  });
});

describe("a refresh says", () => {
  const drift = async (daemon: ProbeParts["daemon"], declared: DaemonSettings | undefined = DAEMON) => {
    const { result } = await inspect([probe(daemon)], undefined, { daemon: declared });
    return result?.drift;
  };

  it.each([
    ["nothing, when all is as declared", has(), []],
    ["that it is gone", undefined, ["tailscaled is not started with what is declared for it (daemon)"]],
    [
      "what the running daemon lacks",
      has("flag --verbose=1", "env TS_X", "port 41641"),
      [
        "the tailscaled that runs was not started with --verbose=1",
        "the tailscaled that runs has another TS_X in its environment",
        "the tailscaled that runs was started with the port 41641",
      ],
    ],
    [
      "that nothing reads it, or hides others'",
      has("service", "others"),
      [
        "nothing has the service of tailscaled read what is declared for it any more",
        "the flags that others have tailscaled started with have changed, and ours hide that",
      ],
    ],
    ["that its port is taken", has("taken"), ["the tailscaled that runs does not listen at its port 41777"]],
  ])("%s", async (_what, daemon, said) => {
    expect(await drift(daemon)).toEqual(said);
  });

  it("what differs from the declaration, without a value of the environment", async () => {
    const other: DaemonSettings = {
      flags: { "no-logs-no-support": true },
      env: { TS_X: "secretish", TS_Y: 1 },
    };
    expect(await drift(has(), other)).toEqual([
      "tailscaled is started with the port 41777, and no port of ours is declared",
      "tailscaled is not started with --no-logs-no-support=true",
      "tailscaled is started with --verbose=1, which is not declared",
      "tailscaled is started with another TS_X in its environment than is declared",
      "tailscaled is started with another TS_Y in its environment than is declared",
    ]);
    const { result } = await inspect([probe(has())], undefined, {});
    expect(result?.drift).toEqual(["tailscaled is started with what is declared no more"]);
  });
});

describe("a host that leaves", () => {
  it("is told so for good, also where only its daemon's settings are left of a join", async () => {
    const { session } = await leave([
      probe(has(), { backendState: "NeedsLogin", mark: "" }),
      probe(undefined, { backendState: "NeedsLogin", mark: "", ...RUN }),
    ]);
    expect(labels(session)).toEqual(["probe", "logout"]);
  });

  it("and is given back to whoever had it before has what others wrote again, or a warning", async () => {
    const mark = markOf(OURS, undefined, THEIRS);
    const back = [probe(has(), { mark }), probe(has(), RUN)];
    const { session, error } = await leave([...back, probe(undefined, RUN)]);
    expect(error).toBeUndefined();
    expect(labels(session).at(-1)).toBe("daemon");
    const { warnings } = await leave([...back, probe(has(), failed(1))]);
    expect(warnings.join()).toContain("tailscaled is still started with what was declared for it");
  });
});

it("a file of ours that somebody mangled is read as far as it goes", () => {
  expect(parseDaemon(undefined, undefined)).toBeUndefined();
  expect(parseDaemon('PORT=1\nFLAGS="-x"\nnonsense\nA="b"', "")).toEqual({
    file: { flags: [], env: { A: "b" } },
    lacks: [],
  });
});
