/** The command line of the lab, parsed: text in, one command out, or a UsageError. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { AuthKeyOptions } from "../control/keys";
import { type HeadscaleRelease, parseHeadscaleRelease } from "../control/releases";
import { messageOf } from "../../errors";
import { isLabError, UsageError } from "../error";
import { DEFAULT_IMAGE, type HostImage, parseHostImage } from "../hosts/variants";
import { checkLabName } from "../network/names";

export const DEFAULT_NAME = "demo";

export type Command =
  | { readonly command: "help" | "doctor" }
  | { readonly command: "status" | "apikey" | "down"; readonly name: string }
  | {
      readonly command: "up";
      readonly name: string;
      readonly hosts?: number;
      readonly headscale?: HeadscaleRelease;
    }
  | {
      readonly command: "add";
      readonly name: string;
      readonly count: number;
      readonly image: HostImage;
      readonly tun: boolean;
    }
  | { readonly command: "control"; readonly name: string; readonly action: "start" | "stop" }
  | { readonly command: "env"; readonly name: string; readonly json: boolean }
  | { readonly command: "authkey"; readonly name: string; readonly key: AuthKeyOptions }
  | {
      readonly command: "exec";
      readonly name: string;
      readonly host: string;
      readonly argv: readonly string[];
    };

type Options = NonNullable<ParseArgsConfig["options"]>;

const NAME = { name: { type: "string", default: DEFAULT_NAME } } as const;
const UP = { hosts: { type: "string" }, headscale: { type: "string" } } as const;
const PLAN = {
  image: { type: "string", default: DEFAULT_IMAGE },
  "no-tun": { type: "boolean", default: false },
} as const;
const KEY = {
  tags: { type: "string" },
  expires: { type: "string" },
  reusable: { type: "boolean" },
  ephemeral: { type: "boolean" },
} as const;

export function parseCommand(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  if (command === undefined || ["help", "--help", "-h"].includes(command)) return { command: "help" };
  if (command !== "exec" && (rest.includes("--help") || rest.includes("-h"))) return { command: "help" };
  switch (command) {
    case "doctor":
      parse(rest, {}, 0);
      return { command };
    case "status":
    case "apikey":
    case "down":
      return { command, name: checkLabName(parse(rest, NAME, 0).values.name) };
    case "up": {
      const { name, hosts, headscale } = parse(rest, { ...NAME, ...UP } as const, 0).values;
      return {
        command,
        name: checkLabName(name),
        hosts: hosts === undefined ? undefined : parseCount(hosts, "--hosts"),
        headscale: headscale === undefined ? undefined : parseHeadscaleRelease(headscale),
      };
    }
    case "add": {
      const { values, positionals } = parse(rest, { ...NAME, ...PLAN } as const, 1, "add N: how many hosts?");
      return {
        command,
        name: checkLabName(values.name),
        count: parseCount(positionals[0] ?? "", "the number of hosts"),
        image: parseHostImage(values.image),
        tun: !values["no-tun"],
      };
    }
    case "control": {
      const { values, positionals } = parse(rest, NAME, 1, "control stop, or control start?");
      return { command, name: checkLabName(values.name), action: parseAction(positionals[0] ?? "") };
    }
    case "env": {
      const { values } = parse(rest, { ...NAME, json: { type: "boolean", default: false } } as const, 0);
      return { command, name: checkLabName(values.name), json: values.json };
    }
    case "authkey": {
      const { name, tags, ...key } = parse(rest, { ...NAME, ...KEY } as const, 0).values;
      return {
        command,
        name: checkLabName(name),
        key: { ...key, tags: tags?.split(",").filter((tag) => tag !== "") },
      };
    }
    case "exec":
      return parseExec(rest);
    default:
      throw new UsageError(`unknown command "${command}"`);
  }
}

/** What stands behind the host's name is the command's own, options included. */
function parseExec(args: readonly string[]): Command {
  const start = args.findIndex((arg, i) => !arg.startsWith("-") && args[i - 1] !== "--name");
  const before = start === -1 ? args : args.slice(0, start);
  const { values } = parse(before, NAME, 0);
  const [host, ...rest] = start === -1 ? [] : args.slice(start);
  const argv = rest[0] === "--" ? rest.slice(1) : rest;
  if (host === undefined || argv.length === 0)
    throw new UsageError("exec HOST CMD...: which host, and which command?");
  return { command: "exec", name: checkLabName(values.name), host, argv };
}

function parse<T extends Options>(args: readonly string[], options: T, positionals: number, hint?: string) {
  try {
    const result = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const { length } = result.positionals;
    if (length < positionals) throw new UsageError(hint ?? "something is missing");
    if (length > positionals)
      throw new UsageError(`unexpected argument "${result.positionals[positionals] ?? ""}"`);
    return result;
  } catch (error) {
    throw isLabError(error) ? error : new UsageError(messageOf(error));
  }
}

function parseCount(text: string, what: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new UsageError(`${what} must be a whole number, not "${text}"`);
  return Number(text);
}

function parseAction(text: string): "start" | "stop" {
  if (text === "start" || text === "stop") return text;
  throw new UsageError(`control knows "stop" and "start", not "${text}"`);
}
