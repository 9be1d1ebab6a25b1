/** The lab's command line: what each spelling means, and what is said about a mistake. */
import { describe, expect, it } from "@jest/globals";
import { parseCommand } from "../../../lab/cli/args";

const parse = (line: string) => parseCommand(line.split(" ").filter((word) => word !== ""));

describe("the lab's command line", () => {
  it("takes the lab's name and defaults to the demo", () => {
    expect(parse("status")).toEqual({ command: "status", name: "demo" });
    expect(parse("up --name two --hosts 5")).toEqual({ command: "up", name: "two", hosts: 5 });
    expect(parse("up --headscale 0.28")).toEqual({ command: "up", name: "demo", headscale: "0.28" });
    expect(parse("control stop --name=two")).toEqual({ command: "control", name: "two", action: "stop" });
  });

  it("adds Debian hosts with a TUN device unless told otherwise", () => {
    const debian = { command: "add", name: "demo", count: 2, image: "debian", tun: true };
    expect(parse("add 2")).toEqual(debian);
    expect(parse("add 2 --image fedora --no-tun")).toEqual({ ...debian, image: "fedora", tun: false });
  });

  it("leaves everything behind a host's name to the command that runs there", () => {
    const expected = { command: "exec", name: "two", host: "host-1", argv: ["ls", "-la", "--name", "x"] };
    expect(parse("exec --name two host-1 ls -la --name x")).toEqual(expected);
    expect(parse("exec --name=two host-1 -- ls -la --name x")).toEqual(expected);
  });

  it("splits the tags of a key", () => {
    const key = { tags: ["prod", "tag:db"], reusable: true, expires: "10m" };
    expect(parse("authkey --tags prod,tag:db --reusable --expires 10m")).toEqual({
      command: "authkey",
      name: "demo",
      key,
    });
  });

  it.each([
    ["launch", 'unknown command "launch"'],
    ["up --hosts many", '--hosts must be a whole number, not "many"'],
    ["up --headscale 0.26", 'no Headscale "0.26" here; there are 0.27, 0.28, 0.29'],
    ["up now", 'unexpected argument "now"'],
    ["up --name Big_Lab", '"Big_Lab" cannot name a lab'],
    ["env --jsn", "Unknown option '--jsn'"],
    ["exec host-1", "which host, and which command"],
    ["control off", 'control knows "stop" and "start", not "off"'],
    ["add", "how many hosts"],
    [
      "add 1 --image gentoo",
      'no host image "gentoo"; there are debian, cloud, fedora, opensuse, arch, sysvinit',
    ],
  ])("refuses `%s`", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });
});
