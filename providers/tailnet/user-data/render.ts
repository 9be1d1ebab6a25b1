/** Renders user-data by which cloud-init installs the client and joins the machine, with nobody at hand. Pure. */
import { stringify } from "yaml";
import { readScript } from "../../../shell-scripts";
import { invalidConfig, parseWith } from "../../../validation";
import type { UserDataOptions } from "../../user-data";
import { parseBlock } from "../block";
import type { TailnetConfig } from "../config";
import type { Flavor } from "../flavor";
import { ARCHIVE_KEY } from "../install/archive-key";
import { keyringOf } from "../install/apt";
import { trackUrl } from "../install/way";
import { extraArguments } from "../settings/extra-flags";
import { flagMistakes, loginFlags, versionMistakes } from "../settings/flags";
import { knownFlag } from "../settings/known-flags";
import { loginArguments, loginMistakes, SECRET_FILE } from "./login";
import { machineSchema, type Machine } from "./schema";
import { mustBeForALogin, mustHoldNoSecret } from "./secrets";

const AT = "cloudInit";
const SCRIPT = "/var/lib/pulumi-mesh/join.sh";
const KEY = "/var/lib/pulumi-mesh/archive-key.asc";

/** See `NetworkProvider.userData`. */
export function renderUserData<C extends TailnetConfig>(
  flavor: Flavor<C>,
  { config: block, ...given }: UserDataOptions,
): string {
  const config = parseBlock(flavor, block);
  const machine = parseWith(machineSchema, given, AT);
  const mistakes = [
    ...loginMistakes(flavor, machine),
    ...flagMistakes(machine.flags, machine.extraFlags),
    ...versionMistakes(machine.flags, config),
    ...installMistakes(config),
  ];
  if (mistakes.length > 0)
    throw invalidConfig(
      AT,
      mistakes.map((message) => ({ path: [], message })),
    );
  const { authKey, hostname = AT } = machine;
  if (authKey !== undefined) mustBeForALogin(flavor, config, authKey, hostname);
  const text = toText(documentOf(flavor, config, machine));
  mustHoldNoSecret(text, authKey);
  return text;
}

/** As PyYAML reads it, for which `0700` without quotes is a number, and `on` is true. */
const toText = (document: object) =>
  `#cloud-config\n${stringify(document, { version: "1.1", lineWidth: 0 })}`;

function documentOf<C extends TailnetConfig>(flavor: Flavor<C>, config: C, machine: Machine): object {
  const { install } = config;
  const installs = install.method !== "skip";
  const key = `${(install.repository_key ?? ARCHIVE_KEY).trim()}\n`;
  const files = [
    { path: SCRIPT, permissions: "0700", content: readScript("providers/tailnet/user-data/join.sh") },
    ...(installs ? [{ path: KEY, permissions: "0644", content: key }] : []),
    ...(machine.authKey === undefined
      ? []
      : [{ path: SECRET_FILE, permissions: "0600", content: machine.authKey }]),
  ];
  const source = installs ? trackUrl(install) : "";
  const secret = machine.authKey === undefined ? "" : SECRET_FILE;
  const args = [source, install.version ?? "", KEY, keyringOf(install), machine.tags.join(","), secret];
  // A list, which cloud-init quotes for the shell.
  const join = ["sh", SCRIPT, ...args, ...loginOf(flavor, config, machine), "--", ...setOf(machine)];
  return { write_files: files, runcmd: [join] };
}

function loginOf<C extends TailnetConfig>(flavor: Flavor<C>, config: C, machine: Machine): string[] {
  const { hostname, tags, flags } = machine;
  return [
    ...loginArguments(machine),
    `--login-server=${flavor.loginServer(config)}`,
    ...(hostname === undefined ? [] : [`--hostname=${hostname}`]),
    ...(flavor.tagsBy === "request" && tags.length > 0 ? [`--advertise-tags=${tags.join(",")}`] : []),
    ...loginFlags(flags, undefined),
    "--timeout=60s",
  ];
}

/** What `tailscale up` does not know, or not before the node is in the mesh. */
function setOf({ flags, extraFlags }: Machine): string[] {
  const late = Object.entries(flags).filter(([name]) => knownFlag(name)?.late === true);
  return extraArguments({ ...Object.fromEntries(late), ...extraFlags });
}

function installMistakes({ install: { method } }: TailnetConfig): string[] {
  if (method !== "tarball" && method !== "push") return [];
  return [
    `install.method is ${method}, and a machine that joins by itself installs from a package repository; put the client into the image and use skip, or use auto`,
  ];
}
