/** A preview that looks: one connection to each host, and a line of what `pulumi up` would do there. Changes nothing. */
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../../errors";
import { modernize, stateSchema, type HostState } from "../state";
import type { Look } from "./look";

/**
 * Looks at the host of `resource`, whose resource inputs are `inputs`, as soon as they are known: in a preview none of that happens where one of
 * them is the output of a resource that is still to be made. Never fails a preview.
 */
export function lookAtPreview(resource: pulumi.Resource, inputs: pulumi.Inputs): void {
  pulumi.output({ ...inputs, authKey: undefined }).apply(async (known) => {
    const declared = stateSchema.safeParse(modernize(known));
    if (!declared.success) return; // `check` says why
    const { lookAt } = await import("./look.js");
    const host = { ...declared.data, ...firstContact(declared.data), recorded: false };
    const said = await lookAt(host, { system: true, progress: () => undefined, env: process.env }).then(
      plan,
      messageOf,
    );
    await pulumi.log.info(`${declared.data.name}: ${said}`, resource);
  });
}

/** A program knows none of the host keys that its state has pinned: whoever answers is shown no password for that. */
function firstContact({ connection }: HostState): Partial<HostState> {
  const hops = connection === "local" ? [] : [connection, connection.proxy];
  return hops.some((hop) => hop?.password !== undefined) ? { hostKeyPolicy: "strict" } : {};
}

/** Pure: a sentence without a full stop. */
export function plan({ host, error, joined, expected, survey, drift, warnings }: Look): string {
  if (error !== undefined) return `could not be looked at: ${error.detail}`;
  const { install, isBare = false, holder, findings = [] } = survey ?? {};
  const isHeld = holder !== undefined && host.progressUrn !== undefined && holder.label !== host.progressUrn;
  const steps = [
    ...(install === undefined ? [] : [install]),
    ...(joined === false || isBare ? [`join as ${expected}`] : []),
    ...(isHeld ? [`take it over from ${holder.label}`] : []),
    ...(isBare ? [] : drift)
      .filter((text) => install?.includes(text) !== true)
      .map((text) => `mend that ${text}`),
  ];
  const faults = findings.filter(({ level }) => level === "fault").map(({ text }) => text);
  return [
    steps.length === 0 ? `is as declared, ${expected}` : `would ${steps.join(", ")}`,
    ...(install === undefined ? faults : []),
    ...warnings,
  ].join("; ");
}
