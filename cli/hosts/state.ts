/** Pure: the hosts in what `pulumi stack export --show-secrets` prints. Their secrets are for connecting, never for printing. */
import { z } from "zod";
import { MeshError } from "../../errors";
import { modernize, stateSchema } from "../../mesh/state";
import { validate } from "../../validation";
import type { DeclaredHost } from "./declared";

/** Of every `Host`, whatever its parent. */
const TYPE = "pulumi-nodejs:dynamic/mesh:Host";

/** By this key the engine marks a secret; with --show-secrets its text stands beside it. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

const exportSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          type: z.string(),
          urn: z.string(),
          /** A resource that was replaced, and waits for its removal. */
          delete: z.boolean().optional(),
          /** What the program declares. */
          inputs: z.record(z.string(), z.unknown()).optional(),
          outputs: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .nullish(),
  }),
});

export function hostsOfState(text: string): DeclaredHost[] {
  const exported = validate(exportSchema, parseJson(text));
  if (!exported.ok) throw unreadable("it is not what `pulumi stack export` prints");
  const hosts = (exported.value.deployment.resources ?? []).flatMap(
    ({ type, urn, inputs = {}, outputs, ...resource }) => {
      if (type !== TYPE || resource.delete === true || outputs === undefined) return [];
      const plain = (values: object) => modernize(reveal(values) as Record<string, unknown>);
      // A refresh writes what it found into the outputs; what was declared stays in the inputs.
      const state = validate(stateSchema, { ...plain(outputs), ...plain(inputs) });
      if (!state.ok)
        throw unreadable(`the host ${urn.split("::").at(-1) ?? urn} has another shape than expected`);
      return [{ progressUrn: urn, ...state.value, recorded: true }];
    },
  );
  // A state has them in the order in which they were done.
  return hosts.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The value with its secrets in the open. */
function reveal(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reveal);
  if (SIGNATURE in value && "plaintext" in value && typeof value.plaintext === "string")
    return reveal(parseJson(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable("it is no JSON");
  }
}

function unreadable(why: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    message: `the stack's state cannot be read: ${why}`,
    remedy: "Use the version of pulumi-mesh that wrote it, or a newer one.",
  });
}
