/** The settings of one host as a program hands them over: checked, and taken out of an output field by field. */
import * as pulumi from "@pulumi/pulumi";
import { MeshError } from "../errors";
import { suggest } from "../validation";
import type { HostSettings } from "./host";

/** Every setting; the compiler sees that none is missing. */
const SETTINGS: Readonly<Record<keyof HostSettings, true>> = {
  connection: true,
  roles: true,
  tags: true,
  flags: true,
  extraFlags: true,
  hostKeyPolicy: true,
  onDestroy: true,
  onNameConflict: true,
  onClone: true,
  onTailnetMismatch: true,
  onUnreachable: true,
  extraTags: true,
  authKey: true,
  keyExpiry: true,
  ephemeral: true,
};
const NAMES = Object.keys(SETTINGS) as readonly (keyof HostSettings)[];

/**
 * Settings whose fields can be read, whatever they came as: an object, or an output or promise of one. Throws invalid-config
 * (at once, or when the output resolves) for what is none, and for a key that no host has: nothing is ignored.
 */
export function readSettings(at: string, given: unknown, also: readonly string[] = []): HostSettings {
  if (!pulumi.Output.isInstance(given) && !(given instanceof Promise)) return mustBeSettings(at, given, also);
  const settled = (pulumi.output(given) as pulumi.Output<unknown>).apply((value) =>
    // Names have to be known before the program's values are.
    mustBeSettings(at, value, []),
  );
  return Object.fromEntries(NAMES.map((name) => [name, settled.apply((value) => value[name])]));
}

/** Throws invalid-config for what is no settings of a host; `also` are keys beside its own. */
export function mustBeSettings(at: string, given: unknown, also: readonly string[]): HostSettings {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(`${at}: expected an object of settings`);
  const known = [...NAMES, ...also];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return given;
  const near = suggest(unknown, known);
  throw invalid(
    `${at}: unknown key "${unknown}"${near === undefined ? `; known keys: ${known.join(", ")}` : `; did you mean "${near}"?`}`,
  );
}

function invalid(message: string): MeshError {
  return new MeshError({ kind: "invalid-config", message, remedy: "Correct the program and run again." });
}
