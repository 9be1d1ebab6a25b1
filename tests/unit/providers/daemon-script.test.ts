/** What the script writes on a host, as a real shell does it, over files of the test's own: others' stay, ours goes, and a way back is there. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { parseDaemon } from "../../../providers/tailnet/probe/daemon";
import { hostScript } from "../../../providers/tailnet/scripts";
import { temporaryFolder } from "../../support/temporary-folder";

const FILE = "etc/default/tailscaled-pulumi-mesh";
const UNDO = "var/lib/pulumi-mesh/undo-daemon.sh";
const DROP_IN = "etc/systemd/system/tailscaled.service.d/zz-pulumi-mesh.conf";
const SETTINGS = ["--verbose=1 --debug=:1", "PORT=41777", "TS_X=a \"b\" $c `d` \\e 'f'"];

let root: string;
beforeEach(() => {
  root = temporaryFolder("daemon");
});

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string) => readFileSync(join(root, path), "utf8");
const files = () =>
  (
    readdirSync(root, { recursive: true, withFileTypes: true }) as {
      parentPath: string;
      name: string;
      isFile(): boolean;
    }[]
  )
    .filter((each) => each.isFile() && !each.parentPath.endsWith("/bin"))
    .map(({ parentPath, name }) => `${join(parentPath, name).slice(root.length + 1)}`)
    .sort();
const tree = () => Object.fromEntries(files().map((path) => [path, read(path)]));

interface Case {
  readonly init: string;
  /** Whether a start is followed by a daemon that answers, one after the other; the last counts for all that follow. */
  readonly starts?: readonly boolean[];
  readonly keep?: boolean;
}

/** The exit code that the script tells. */
function run({ init, starts = [true], keep = false }: Case, ...settings: string[]): string {
  const stubs = `init_system() { echo ${init}; }
starts='${starts.map((each) => (each ? 0 : 1)).join(" ")}'
try_up() { set -- $starts; [ $# = 1 ] || starts=\${starts#* }; return $1; }
lacking() { :; }
tell_log() { :; }
status() { :; }
service_name() { if [ -e ${root}/etc/init.d/tailscale ]; then echo tailscale; else echo tailscaled; fi; }`;
  const script = hostScript("daemon")
    .replace(/^section run$/m, `section run\n${stubs}`)
    .replaceAll(/(?<=[\s'"=])\/(etc|var\/lib|opt)\//g, `${root}/$1/`)
    .replaceAll(/^(lock|probe)$/gm, "");
  const { stdout, stderr } = spawnSync("sh", ["-c", script, "m", keep ? "keep" : "", ...settings], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return /#m:code\n(.*)/.exec(stdout)?.[1] ?? stdout;
}

/** Kinds of services, with what others wrote. */
const KINDS: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
  [
    "systemd",
    "systemd",
    "FLAGS",
    { "etc/default/tailscaled": 'PORT="41641"\nFLAGS="--no-logs-no-support"\n' },
  ],
  [
    "OpenRC, as Alpine has it",
    "openrc",
    "TAILSCALED_OPTS",
    {
      "etc/init.d/tailscale": "#!/sbin/openrc-run\n",
      "etc/conf.d/tailscale": 'PORT="41641"\nTAILSCALED_OPTS="--no-logs-no-support"',
    },
  ],
  [
    "a service of somebody's that reads /etc/default/tailscaled",
    "sysvinit",
    "FLAGS",
    {
      "etc/init.d/tailscaled": ". /etc/default/tailscaled\n",
      "etc/default/tailscaled": "FLAGS=--no-logs-no-support\n",
    },
  ],
];

describe.each(KINDS)("%s", (_kind, init, name, theirs) => {
  beforeEach(() => {
    for (const [path, text] of Object.entries(theirs)) write(path, text.replaceAll("/etc/", `${root}/etc/`));
  });

  it("has ours in force after what others wrote, and theirs alone when ours goes", () => {
    const before = tree();
    expect(run({ init }, ...SETTINGS)).toBe("0");
    expect(parseDaemon(read(FILE), undefined)?.file).toEqual({
      port: "41777",
      flags: ["--debug=:1", "--verbose=1"],
      env: { TS_X: "a \"b\" $c `d` \\e 'f'" },
    });
    const reader = files().find((path) => path !== FILE && read(path).includes("tailscaled-pulumi-mesh"))!;
    if (init === "systemd") expect(reader).toBe(DROP_IN);
    else {
      // Read by the service's own shell, the last word is ours.
      const echo = `. ${join(root, reader)}; printf '%s|' "$PORT" "$${name}"; env | grep ^TS_X=`;
      const { stdout } = spawnSync("sh", ["-c", echo], { encoding: "utf8" });
      expect(stdout).toBe("41777|--no-logs-no-support --verbose=1 --debug=:1|TS_X=a \"b\" $c `d` \\e 'f'\n");
    }
    const once = tree();
    expect(run({ init }, ...SETTINGS)).toBe("0");
    expect(tree()).toEqual(once);
    expect(run({ init })).toBe("0");
    // A last line that had no end has one.
    const lines = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).map(([path, text]) => [path, text.replace(/\n?$/, "\n")]));
    expect(lines(tree())).toEqual(lines(before));
  });

  it("has the former settings again where tailscaled does not come back with new ones", () => {
    const before = tree();
    expect(run({ init, starts: [false, true] }, ...SETTINGS)).toBe("1");
    expect(Object.keys(tree())).toEqual(Object.keys(before));
    expect(run({ init }, ...SETTINGS)).toBe("0");
    const first = tree();
    expect(run({ init, starts: [false, true] }, "--verbose=2")).toBe("1");
    expect(run({ init, starts: [false, true] })).toBe("1");
    expect(tree()).toEqual(first);
    expect(run({ init, starts: [false] }, "--verbose=2")).toBe("2");
    expect(tree()).toEqual(first);
  });

  it("has a way back as long as a keeper may need it", () => {
    expect(run({ init }, ...SETTINGS)).toBe("0");
    const first = tree();
    for (const settings of [["--verbose=2"], []]) {
      expect(run({ init, keep: true }, ...settings)).toBe("0");
      // The restart itself, which would be this machine's.
      for (const program of ["systemctl", "rc-service"]) {
        write(`bin/${program}`, "#!/bin/sh\n");
        chmodSync(join(root, "bin", program), 0o755);
      }
      write(UNDO, read(UNDO).replaceAll(/^.*init\.d.* restart$/gm, ":"));
      const env = { PATH: `${root}/bin:/usr/bin:/bin` };
      const { stderr } = spawnSync("sh", [join(root, UNDO)], { encoding: "utf8", env });
      expect(stderr).toBe("");
      expect(tree()).toEqual(first);
    }
    expect(existsSync(join(root, UNDO))).toBe(false);
  });
});

it("a service that reads none of it is left as it is", () => {
  write("etc/init.d/tailscaled", "exec tailscaled\n");
  const before = tree();
  expect(run({ init: "sysvinit" }, ...SETTINGS)).toBe("3");
  expect(tree()).toEqual(before);
});
