/** Reads the shell scripts that stand beside the code: each when it is first asked for, as the one text that runs on a host. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MeshError } from "./errors";

/** Puts a file in its place, as a shell does that runs in the folder of all sources: `. ./providers/tailnet/scripts/lib/functions.sh`. */
const INCLUDE = /^\. \.\/(\S+\.sh)$/;

/** The only kind of here-document: a file that the script writes on the host. */
const HERE_DOCUMENT = "<<'END'";

const texts = new Map<string, string>();

/**
 * The text of a script, for `sh -c`; `path` is that from the folder of all sources, which is also where the compiled code has it.
 * What is only run comes without its lines of comment, for it travels as a command line, and each include comes once. What becomes
 * a file on the host (a here-document) goes as it stands: there `#` may be for an init system, or for whoever finds it.
 */
export function readScript(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = toRun(path, new Set());
  texts.set(path, text);
  return text;
}

function toRun(path: string, included: Set<string>): string {
  if (included.has(path)) return "";
  included.add(path);
  let inDocument = false;
  const put = (line: string): string => {
    const file = includedBy(line);
    if (inDocument) {
      inDocument = line !== "END";
      return file === undefined ? `${line}\n` : asItStands(file);
    }
    if (line.trimStart().startsWith("#")) return "";
    inDocument = line.includes(HERE_DOCUMENT);
    return file === undefined ? `${line}\n` : toRun(file, included);
  };
  return linesOf(path).map(put).join("");
}

function asItStands(path: string): string {
  const put = (line: string): string => {
    const file = includedBy(line);
    return file === undefined ? `${line}\n` : asItStands(file).replace(/^#!.*\n/, "");
  };
  return linesOf(path).map(put).join("");
}

function includedBy(line: string): string | undefined {
  return INCLUDE.exec(line)?.[1];
}

function linesOf(path: string): string[] {
  return read(join(__dirname, path)).trimEnd().split("\n");
}

/** A bundler takes the code along, and not the files beside it. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new MeshError({
      kind: "invalid-config",
      message: `pulumi-mesh is not whole: it has no ${file}`,
      remedy:
        "Where the program is bundled, leave pulumi-mesh out of the bundle (esbuild --external:pulumi-mesh) and in node_modules; else install it anew.",
      cause,
    });
  }
}
