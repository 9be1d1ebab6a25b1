/** Finds the network configuration: in stack configuration, else in `stagecraft.yml`. */
import { resolve } from "node:path";
import { MeshError } from "../errors";
import { invalidConfig, validate } from "../validation";
import { indent, NETWORK_EXAMPLE } from "./example";
import { FILE_NAME, readStagecraftFile } from "./file";
import type { Network } from "./network";
import { networkSchema } from "./network-schema";
import { withSource } from "./source";

/** Where `loadNetwork` looks. */
export interface LoadNetworkOptions {
  /** The stack configuration's value under the key `network`: an object of the section's shape. Default: none. */
  readonly stackValue?: unknown;
  /** The folder that may hold `stagecraft.yml`: the program's. */
  readonly folder: string;
}

/**
 * The network configuration of a stack. The stack's own value, when there is one, is taken whole, and the file is not
 * even read: nothing is merged, so what one place says is all there is. That is Pulumi's usual order (the file is for
 * all stacks, the stack's value for one), and a stack can use another network provider than the rest.
 *
 * Throws invalid-config with every mistake, or, when neither place has one, with an example to copy.
 */
export function loadNetwork({ stackValue, folder }: LoadNetworkOptions): Network {
  if (stackValue !== undefined && stackValue !== null) return parse(stackValue, "the stack configuration");
  const file = readStagecraftFile(folder);
  if (file?.network !== undefined) return parse(file.network, file.path);
  const { message, place } = file === undefined ? noFile(folder) : noSection(file.path, file.nearlyNetwork);
  throw new MeshError({
    kind: "invalid-config",
    message,
    remedy: `Write into ${place}:\n\n${indent(NETWORK_EXAMPLE)}\n\nor set the same object in the stack configuration, under the key network.`,
  });
}

function parse(value: unknown, source: string): Network {
  const result = validate(networkSchema, value);
  if (result.ok) return withSource(result.value, source);
  throw invalidConfig("network", result.issues, { remedy: `Correct ${source} and run again.` });
}

function noFile(folder: string): { message: string; place: string } {
  const missing = `there is no ${FILE_NAME} in ${resolve(folder)}, and no key network in the stack configuration`;
  return { message: `the network is not configured: ${missing}`, place: FILE_NAME };
}

function noSection(path: string, nearly: string | undefined): { message: string; place: string } {
  const hint = nearly === undefined ? "" : ` (is "${nearly}" meant to be it?)`;
  const missing = `${path} has no section "network"${hint}, and the stack configuration no key network`;
  return { message: `the network is not configured: ${missing}`, place: path };
}
