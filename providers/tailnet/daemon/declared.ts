/** Pure: what is wrong with what a declaration has tailscaled started with, beside its form. */
import type { DaemonSettings, DaemonValue } from "../../../daemon";
import { holdsUnknown, invalidConfig, suggest, type ValidationIssue } from "../../../validation";
import { DAEMON_FLAGS } from "./known-flags";

/** Each with its place; of what is unknown yet nothing is said. */
export function daemonMistakes({ flags = {}, env = {} }: DaemonSettings): ValidationIssue[] {
  return [
    ...Object.entries(flags).flatMap(([name, value]) => issue("flags", name, flagMistake(name, value))),
    ...Object.keys(env).flatMap((name) => issue("env", name, variableMistake(name))),
  ];
}

const issue = (key: string, name: string, message: string | undefined): ValidationIssue[] =>
  message === undefined ? [] : [{ path: [key, name], message }];

function flagMistake(name: string, value: DaemonValue): string | undefined {
  const known = DAEMON_FLAGS[name];
  if (known === undefined) {
    const near = suggest(name, Object.keys(DAEMON_FLAGS));
    return near === undefined
      ? "is no flag of tailscaled that is known here; one of a newer tailscaled goes into FLAGS of /etc/default/tailscaled, which stay"
      : `is no flag of tailscaled; did you mean "${near}"?`;
  }
  if (known.refused !== undefined) return `${known.refused}; leave it out`;
  if (holdsUnknown(value)) return undefined;
  return typeof value === known.type ? undefined : `expected a ${known.type}`;
}

function variableMistake(name: string): string | undefined {
  if (name === "PORT") return "is the setting `port` beside `env`; leave it out";
  if (name === "FLAGS" || name === "TAILSCALED_OPTS")
    return "is the setting `flags` beside `env`; leave it out";
  return undefined;
}

/** Throws invalid-config. */
export function checkDaemon(host: string, daemon: DaemonSettings | undefined): void {
  const mistakes = daemonMistakes(daemon ?? {});
  const remedy = "Correct what tailscaled is started with.";
  if (mistakes.length > 0) throw invalidConfig("daemon", mistakes, { host, remedy });
}
