/** The settings of one host as a program hands them over: checked, and taken out of an output field by field. */
import * as pulumi from "@pulumi/pulumi";
import { MeshError } from "../errors";
import { suggest } from "../validation";
import type { HostSettings } from "./host-args";
import { isLater } from "./known";

/** Every setting; the compiler sees that none is missing. */
const SETTINGS: Readonly<Record<keyof HostSettings, true>> = {
  connection: true,
  roles: true,
  tags: true,
  flags: true,
  extraFlags: true,
  serve: true,
  daemon: true,
  udpGro: true,
  verify: true,
  hostKeyPolicy: true,
  reach: true,
  onDestroy: true,
  onNameConflict: true,
  onClone: true,
  onTailnetMismatch: true,
  onUnreachable: true,
  extraTags: true,
  authKey: true,
  workloadIdentity: true,
  keyExpiry: true,
  renewKey: true,
  ephemeral: true,
  probeOnPreview: true,
};
const NAMES = Object.keys(SETTINGS) as readonly (keyof HostSettings)[];

/**
 * Settings whose fields can be read, whatever they came as: an object, which `mustBeMesh` has checked, or an output or promise of
 * one, which rejects with invalid-config for what is none, and for a key that no host has: nothing is ignored.
 */
export function readSettings<T extends HostSettings>(
  at: string,
  given: T | pulumi.Input<HostSettings>,
): T | HostSettings {
  if (!isLater(given)) return given;
  const settled = (pulumi.output(given) as pulumi.Output<unknown>).apply((value) =>
    mustBeSettings(at, value),
  );
  return Object.fromEntries(NAMES.map((name) => [name, settled.apply((value) => value[name])]));
}

/** Names that a host had before are no settings here: they have to be known before the program's values are. */
export function mustBeSettings(at: string, given: unknown): HostSettings {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(`${at}: expected an object of settings`);
  const unknown = Object.keys(given).find((key) => !(key in SETTINGS));
  if (unknown === undefined) return given;
  const near = suggest(unknown, NAMES);
  throw invalid(
    `${at}: unknown key "${unknown}"${near === undefined ? `; known keys: ${NAMES.join(", ")}` : `; did you mean "${near}"?`}`,
  );
}

function invalid(message: string): MeshError {
  return new MeshError({ kind: "invalid-config", message, remedy: "Correct the program and run again." });
}
