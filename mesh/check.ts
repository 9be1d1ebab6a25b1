/** The handler `check`: reports bad input with its property, at preview, before anything remote. */
import { z } from "zod";
import { resolveTags } from "../config";
import { tagDefaultsSchema } from "../config/tag-defaults";
import { isMeshError, messageOf } from "../errors";
import { flagsSchema } from "../fields";
import { daemonSchema } from "../daemon-schema";
import { serveSchema } from "../serve-schema";
import { findConnectionIssues } from "../transport";
import { connectionSchema } from "../transport/schema";
import { asZod, formatPath, holdsUnknown, UNKNOWN, validate, type ValidationIssue } from "../validation";
import type { NetworkProvider } from "../providers";
import { twoLogins } from "./check-login";
import { cannotStart } from "./daemon";
import { renewalIssues } from "./key-expiry";
import { loadProvider } from "./load-provider";
import { reachIssues } from "./reach";
import { declare } from "./roster";
import { cannotServe } from "./serve";
import { inputsSchema } from "./state";
import { cannotTune } from "./udp-gro";
import { cannotVerify, namesItself } from "./verify";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Every mistake in the inputs; values that are unknown at preview pass. */
export async function findFailures(news: Readonly<Record<string, unknown>>): Promise<CheckFailure[]> {
  const result = validate(inputsSchema, news);
  const failures = result.ok ? [] : result.issues.map((issue) => toFailure(issue));
  failures.push(...(await findInConnection(news["connection"])));
  const itself = namesItself(news["verify"], [news["name"], news["fqdn"]]);
  failures.push(...itself.map((issue) => toFailure(issue, ["verify"])));
  failures.push(...unknownRoles(news["roles"], news["config"]));
  const { provider: id, module, config, flags, extraFlags } = news;
  const serve = holdsUnknown(news["serve"]) ? undefined : validate(serveSchema, news["serve"] ?? []);
  const served = serve?.ok === true ? serve.value : [];
  failures.push(...reachIssues(news["reach"], news["connection"], served).map((issue) => toFailure(issue)));
  failures.push(...renewalIssues(news["expiry"], news["renewKey"]).map((issue) => toFailure(issue)));
  failures.push(...twoLogins(news).map((issue) => toFailure(issue)));
  if (typeof id !== "string" || id === UNKNOWN || module === UNKNOWN) return failures;
  try {
    const provider = await loadProvider(id, typeof module === "string" ? module : undefined);
    failures.push(...declaredTwice(news, provider));
    failures.push(...cannotVerify(provider, news["verify"]).map((issue) => toFailure(issue, ["verify"])));
    if (provider.schema !== undefined && config !== UNKNOWN) {
      const block = validate(asZod(provider.schema), config);
      if (!block.ok)
        failures.push(...block.issues.map((issue) => toFailure(issue, ["network", "providers", id])));
      else if (!holdsUnknown(config))
        failures.push(
          ...(provider.checkConfig?.(config) ?? []).map((mistake) => ({
            property: "args",
            reason: `network.providers.${id}: ${mistake}`,
          })),
        );
    }
    const mistakes =
      provider.checkFlags?.(
        knownValues(flags),
        knownValues(extraFlags),
        holdsUnknown(config) ? undefined : config,
      ) ?? [];
    failures.push(
      ...mistakes.map((reason) => ({
        property: reason.startsWith("extraFlags") ? "extraFlags" : "flags",
        reason,
      })),
    );
    failures.push(...checkKey(provider, news).map((issue) => toFailure(issue)));
    if (serve?.ok === true)
      failures.push(
        ...cannotServe(provider, serve.value).map(({ path, message }) =>
          toFailure({ path: ["serve", ...path], message }),
        ),
      );
    const daemon = holdsUnknown(news["daemon"])
      ? undefined
      : daemonSchema.optional().safeParse(news["daemon"]);
    failures.push(
      ...cannotStart(provider, daemon?.data).map(({ path, message }) =>
        toFailure({ path: ["daemon", ...path], message }),
      ),
    );
    if (!holdsUnknown(flags))
      failures.push(
        ...cannotTune(provider, news["udpGro"], knownValues(flags)).map((issue) =>
          toFailure(issue, ["udpGro"]),
        ),
      );
  } catch (error) {
    failures.push({ property: "args", reason: messageOf(error) });
  }
  return failures;
}

/** Beside values that are unknown nothing is said. What a network provider does not know is not ignored. */
function checkKey(
  provider: NetworkProvider,
  { config, renewKey, workloadIdentity, tags }: Readonly<Record<string, unknown>>,
): readonly ValidationIssue[] {
  const settings = keySettingsSchema.safeParse({ renewKey, workloadIdentity, tags });
  if (!settings.success || holdsUnknown([config, renewKey, workloadIdentity, tags])) return [];
  if (provider.checkKey !== undefined) return provider.checkKey(settings.data, config);
  return Object.entries({ renewKey, workloadIdentity })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => ({
      path: [name],
      message: `the network provider ${provider.id} has no such thing; leave it out`,
    }));
}

const keySettingsSchema = inputsSchema.pick({ renewKey: true, workloadIdentity: true, tags: true });

/** The flags whose values are known, and right by the schema. */
function knownValues(flags: unknown): z.output<typeof flagsSchema> {
  const entries = typeof flags === "object" && flags !== null ? Object.entries(flags) : [];
  const known = entries.filter(([, value]) => !holdsUnknown(value));
  const parsed = flagsSchema.safeParse(Object.fromEntries(known));
  return parsed.success ? parsed.data : {};
}

/** Keys that cannot be read, an agent that is not there. What the schema refuses is reported by it. */
async function findInConnection(connection: unknown): Promise<CheckFailure[]> {
  const parsed = connection === UNKNOWN ? undefined : validate(connectionSchema, connection);
  if (parsed?.ok !== true) return [];
  const issues = await findConnectionIssues(parsed.value);
  return issues.map(({ path, message }) => toFailure({ path: ["connection", ...path], message }));
}

/** Another host of the program that leads to the same address: one of the two would take the other's node. */
function declaredTwice(
  news: Readonly<Record<string, unknown>>,
  { id, drives = id }: NetworkProvider,
): CheckFailure[] {
  const { progressUrn: urn, name, connection } = news;
  const parsed = holdsUnknown(connection) ? undefined : validate(connectionSchema, connection);
  if (typeof urn !== "string" || urn === UNKNOWN || parsed?.ok !== true) return [];
  const other = declare({
    urn,
    name: typeof name === "string" ? name : undefined,
    drives,
    connection: parsed.value,
  });
  if (other === undefined) return [];
  const message = `leads to the same host as ${other}; correct one of the two addresses, or remove one host`;
  return [toFailure({ path: ["connection"], message })];
}

/** A role that the block's `role_tags` does not have: a typo would silently drop a tag. */
function unknownRoles(roles: unknown, config: unknown): CheckFailure[] {
  const given = z.array(z.string()).safeParse(roles);
  const sources = validate(tagDefaultsSchema, config);
  if (!given.success || !sources.ok) return []; // Wrong types are reported by the schemas.
  if (holdsUnknown(sources.value.role_tags)) return [];
  try {
    resolveTags({ roleTags: sources.value.role_tags, roles: given.data });
    return [];
  } catch (error) {
    if (!isMeshError(error)) throw error;
    return [{ property: "roles", reason: `${error.detail} ${error.remedy}` }];
  }
}

/** The engine prints the value of a property that it knows: these hold secrets, or are long. */
const UNPRINTED = ["authKey", "connection", "network"];

/** What users call an input otherwise than the state does. */
const USER_NAMES: Readonly<Record<string, string>> = { name: "nodeName" };

/** With the path as a user would write it: `nodeName`, `roles[0]`, `network.providers.radio.transport`. */
function toFailure({ path, message }: ValidationIssue, prefix: readonly string[] = []): CheckFailure {
  const [first = "args", ...rest] = [...prefix, ...path];
  const name = USER_NAMES[first] ?? String(first);
  return {
    property: UNPRINTED.includes(name) ? "args" : name,
    reason: `${formatPath(name, rest)}: ${message}`,
  };
}
