/** The shell scripts: how their files become the texts that run on hosts, and what they and the code must agree on. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { INSTALL_SCRIPTS } from "../../providers/tailnet/install/scripts";
import { NOT_STARTED } from "../../providers/tailnet/install/why-not-started";
import { HOST_SCRIPTS } from "../../providers/tailnet/scripts";
import { JSON_LIMIT, LOCK_WAIT_S, MARK_FILE, UNDO_DAEMON } from "../../providers/tailnet/scripts/constants";
import { readScript } from "../../shell-scripts";
import { ROOT } from "../support/pages";
import { temporaryFolder } from "../support/temporary-folder";

const TAILNET = "providers/tailnet";
const scriptsBelow = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name));
const ALL = [...scriptsBelow("providers"), ...scriptsBelow("transport")];
const source = (path: string) => readFileSync(join(ROOT, path), "utf8");
const INCLUDE = /^ *\. \.\/.*$/gm;

/** What bash understands of a script: without comments, and laid out its own way. */
function understood(text: string): string {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `f() {\n${text}\n}\ndeclare -f f`], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** Writes scripts of the test's own, and reads the first as the code would. */
function read(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder("scripts");
  const at = relative(ROOT, folder);
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), text.replaceAll(". ./", `. ./${at}/`));
  return readScript(join(at, Object.keys(files)[0]!));
}

describe("a script is read", () => {
  it("with each of its includes once, at its first place, and without comments", () => {
    const files = {
      "main.sh": "#!/bin/sh\n# What it does.\n\n. ./one.sh\n. ./two.sh\n  # why\nmain # this stays\n",
      "one.sh": "#!/bin/sh\n# Shell functions.\n. ./two.sh\none\n",
      "two.sh": "#!/bin/sh\ntwo\n",
    };
    expect(read(files)).toBe("\ntwo\none\nmain # this stays\n");
  });

  it("with the files that it writes on hosts as they stand", () => {
    const files = {
      "main.sh": ". ./part.sh\ncat <<'END'\n# one\nEND\n# gone\ncat <<'END'\n. ./service.sh\nEND\nafter\n",
      "part.sh": "part\n",
      "service.sh": "#!/sbin/openrc-run\n# two\n. ./part.sh\n. /etc/default/its-own\n",
    };
    expect(read(files)).toBe(
      "part\ncat <<'END'\n# one\nEND\ncat <<'END'\n#!/sbin/openrc-run\n# two\npart\n. /etc/default/its-own\nEND\nafter\n",
    );
  });
});

describe.each(ALL)("%s", (path) => {
  it("begins with the shell's line and a sentence about itself", () => {
    expect(source(path)).toMatch(/^#!\/(bin\/sh|sbin\/openrc-run)\n#+ [\w`]/);
  });

  it("means the same without its lines of comment", () => {
    const alone = source(path).replaceAll(INCLUDE, "");
    expect(understood(read({ "it.sh": alone }))).toBe(understood(alone));
  });

  it("has no here-document but files that it writes on the host", () => {
    expect(source(path).replaceAll("<<'END'", "")).not.toContain("<<");
    const written = [...source(path).matchAll(/^\. \.\/(\S*)\nEND$/gm)].map(([, file]) => source(file!));
    expect(written.filter((text) => /^END$/m.test(text))).toEqual([]);
  });
});

it("each script has a name in the code, and what no code names is included by one", () => {
  const named = [
    ...HOST_SCRIPTS.map((name) => `${TAILNET}/scripts/${name}.sh`),
    ...INSTALL_SCRIPTS.map((name) => `${TAILNET}/install/${name}.sh`),
    `${TAILNET}/user-data/join.sh`,
    "transport/exec/wrapper.sh",
    "transport/exec/start.sh",
  ];
  const included = ALL.flatMap((path) =>
    [...source(path).matchAll(/^\. \.\/(\S+)$/gm)].map(([, file]) => file!),
  );
  expect([...new Set([...named, ...included])].sort()).toEqual([...ALL].sort());
});

describe("a script and the code agree", () => {
  it.each([
    ["where the mark stands", "scripts/lib/machine.sh", `\nmark_file=${MARK_FILE} `],
    ["how long one waits for another", "scripts/lib/functions.sh", `\nlock_wait_s=${LOCK_WAIT_S} `],
    ["how much JSON is taken", "scripts/lib/functions.sh", `\njson_limit=${JSON_LIMIT} `],
    ["what takes the daemon's settings back", "scripts/daemon.sh", `\nundo=${UNDO_DAEMON} `],
    ["what comes before a daemon's own words", "install/lib/services.sh", `\n    echo '${NOT_STARTED}'\n`],
  ])("%s", (_, path, line) => {
    expect(source(`${TAILNET}/${path}`)).toContain(line);
  });

  it("what tells a service of ours from somebody else's", () => {
    const [, mark] = /^ours\(\) \{ grep -q '(.*)' /m.exec(source(`${TAILNET}/install/lib/services.sh`)) ?? [];
    expect(mark).toMatch(/\w/);
    const services = scriptsBelow(`${TAILNET}/install/services`);
    expect(services.filter((path) => !source(path).includes(`\n# ${mark}`))).toEqual([]);
    expect(source(`${TAILNET}/install/lib/unpack.sh`)).toContain(`{ echo '# ${mark}'; sed `);
  });
});
