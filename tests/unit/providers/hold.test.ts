/** Whose host it is: the mark on it decides who may change it, and who leaves it alone. */
import { describe, expect, it } from "@jest/globals";
import { formatMark, parseMark } from "../../../providers/tailnet/probe/mark";
import { FakeHeadscale } from "../../support/fake-headscale";
import { inspect, join, labels, leave, MACHINE, markOf, OURS, siblings, THEIRS } from "./declared";
import { probeOutput } from "./probe-output";

const host = (mark: string, more: object = {}) => probeOutput({ mark, machine: MACHINE, ...more });
const RECORDED = { nodeId: "7", addresses: ["100.64.0.1"], name: "web-1" };

describe("the mark", () => {
  const mark = { ...OURS, machine: { machineId: "m1", mac: "02:00:00:00:00:01" }, former: [THEIRS] };

  it("is read as it was written", () => {
    expect(parseMark(formatMark(mark))).toEqual(mark);
  });

  it("takes no second line from a label", () => {
    const text = formatMark({ ...mark, label: "urn\nformer=x y\u001b[2J" });
    expect(parseMark(text)?.former).toEqual([THEIRS]);
    expect(text).not.toContain("\u001b");
  });

  it.each(["", "label=x", "declaration=", "garbage"])("is none in %j", (text) => {
    expect(parseMark(text)).toBeUndefined();
  });
});

describe("a host that this declaration holds", () => {
  it("costs the probe and nothing else", async () => {
    const { session, result } = await join([host(markOf(OURS))]);
    expect(labels(session)).toEqual(["probe"]);
    expect(result).toMatchObject({ nodeId: "7", machine: MACHINE });
  });

  it("is marked anew when its network card was changed", async () => {
    const { session } = await join([host(markOf(OURS, "02:00:00:00:00:99")), host(markOf(OURS))]);
    expect(labels(session)).toEqual(["probe", "mark"]);
    expect(session.calls[1]!.args).toEqual(["d-1", markOf(OURS)]);
  });
});

describe("a host that nobody marked", () => {
  it("tells with its mark of nothing else, which stays as it was read", async () => {
    const told = [
      "#:run",
      "",
      "#:code",
      "0",
      "#:mark",
      markOf(OURS),
      "#:machine",
      "mac=02:00:00:00:00:02",
      "#:end",
      "",
    ];
    const { session, result } = await join([host("", { tags: ["tag:web"] }), told.join("\n")]);
    expect(labels(session)).toEqual(["probe", "mark"]);
    expect(result).toMatchObject({ nodeId: "7", tags: ["tag:web"], machine: { mac: "02:00:00:00:00:02" } });
  });

  it("is marked, at the cost of one command", async () => {
    const { session, warnings } = await join([host(""), host(markOf(OURS))]);
    expect(labels(session)).toEqual(["probe", "mark"]);
    expect(session.calls[1]!.args).toEqual(["", markOf(OURS)]);
    expect(warnings).toEqual([]);
  });

  it("works as ever where the mark cannot be written", async () => {
    const { error } = await join([host(""), host("")]);
    expect(error).toBeUndefined();
    const { session } = await leave([host(""), probeOutput({ backendState: "NeedsLogin" })], {
      recorded: RECORDED,
    });
    expect(labels(session)).toEqual(["probe", "logout"]);
  });

  it("is not marked for who declares nothing", async () => {
    const { session } = await join([host("")], { declaration: undefined });
    expect(labels(session)).toEqual(["probe"]);
  });
});

describe("a host that another declaration holds", () => {
  it("is taken over by a new one, which says from whom and remembers it", async () => {
    const { session, warnings } = await join([host(markOf(THEIRS)), host(markOf(OURS))], { takeOver: true });
    expect(session.calls[1]!.args).toEqual(["d-2", markOf(OURS, undefined, THEIRS)]);
    expect(warnings).toEqual([
      expect.stringMatching(/^web-1: taken over from urn:pulumi:dev::shop::host::web-1;/),
    ]);
  });

  it("is taken over without a warning in one's own stack, where the old declaration is about to be removed", async () => {
    const renamed = { id: "d-3", label: "urn:pulumi:prod::shop::host::old-1" };
    const { warnings } = await join([host(markOf(renamed)), host(markOf(OURS))], { takeOver: true });
    expect(warnings).toEqual([]);
  });

  it("is not remembered as a holder when it is declared elsewhere in the program by now", async () => {
    const others = siblings({ label: THEIRS.label });
    const { session } = await join([host(markOf(THEIRS)), host(markOf(OURS))], {
      takeOver: true,
      siblings: others,
    });
    expect(session.calls[1]!.args).toEqual(["d-2", markOf(OURS)]);
  });

  it("is left alone by an update, which says who holds it", async () => {
    const { session, error } = await join([host(markOf(THEIRS))], { flags: { "shields-up": true } });
    expect(error).toMatchObject({ kind: "held-elsewhere", message: expect.stringContaining(THEIRS.label) });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is left alone by a delete, which says who holds it", async () => {
    const { session, result } = await leave([host(markOf(THEIRS))], { recorded: RECORDED });
    expect(labels(session)).toEqual(["probe"]);
    expect(result).toEqual({ outcome: "left", staysBehind: expect.stringContaining(THEIRS.label) });
  });

  it("is let go of by the one that it was taken from", async () => {
    const mark = markOf(THEIRS, undefined, OURS);
    const { session, result } = await leave([host(mark), host(markOf(THEIRS))], { recorded: RECORDED });
    expect(session.calls[1]).toMatchObject({ label: "mark", args: ["d-2", markOf(THEIRS)] });
    expect(result).toMatchObject({ outcome: "left" });
  });

  it("shows as drift in a refresh", async () => {
    const { result } = await inspect([host(markOf(THEIRS))]);
    expect(result).toMatchObject({ drift: [`the host is held by ${THEIRS.label} by now`] });
  });
});

it("a host that was taken over is given back, joined as it is, by the one that leaves", async () => {
  const { session, result } = await leave([host(markOf(OURS, undefined, THEIRS)), host(markOf(THEIRS))], {
    recorded: RECORDED,
  });
  expect(session.calls.slice(1)).toEqual([
    expect.objectContaining({ label: "mark", args: ["d-1", markOf(THEIRS)] }),
  ]);
  expect(result).toMatchObject({ outcome: "left", staysBehind: expect.stringContaining("given back") });
});

it("a mark that cannot be written when the host is given back is said: it still names the stack that left", async () => {
  const ours = markOf(OURS, undefined, THEIRS);
  const full = probeOutput({
    machine: MACHINE,
    mark: ours,
    run: { code: 1, output: "No space left on device" },
  });
  const { warnings, result, session } = await leave([host(ours), full], { recorded: RECORDED });
  expect(result).toMatchObject({ outcome: "left" });
  expect(labels(session)).toEqual(["probe", "mark"]);
  expect(warnings).toEqual([
    expect.stringMatching(/could not be written down in \/var\/lib.*No space left on device/),
  ]);
});

describe("a host whose tailscaled does not answer, with a login that is recorded", () => {
  const silent = probeOutput({ machine: MACHINE, mark: markOf(OURS), silent: true });

  it("is an error at destroy without an API: the login would be back with the daemon", async () => {
    const { error, session } = await leave([silent], { recorded: RECORDED });
    expect(error).toMatchObject({ kind: "join-failed", remedy: expect.stringContaining("systemctl start") });
    expect(labels(session)).toEqual(["probe"]);
  });

  it("is removed at the control server, where an API can do it, and named in a warning", async () => {
    await using api = await FakeHeadscale.start({ id: "7", givenName: "web-1" });
    const { result } = await leave([silent], { recorded: RECORDED }, api);
    expect(api.acts).toEqual(["DELETE /api/v1/node/7"]);
    expect(result).toMatchObject({
      outcome: "removed",
      staysBehind: expect.stringContaining("was not logged out: tailscaled does not answer"),
    });
  });
});

it("a host that is another node of the same network by now is left alone, and named as that", async () => {
  const { result, session } = await leave([host(markOf(OURS))], { recorded: { ...RECORDED, nodeId: "3" } });
  expect(labels(session)).toEqual(["probe"]);
  expect(result).toMatchObject({ staysBehind: expect.stringContaining("is another node (7, web-1) by now") });
});
