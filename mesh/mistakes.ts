/** What is wrong with a program's arguments, as far as the program knows them: found before anything is registered. */
import { z } from "zod";
import { sourceOf, unknownRoles } from "../config";
import { checkDefaults, fieldsOf, isObject, withDefaults } from "../config/defaults";
import { networkSchema } from "../config/network-schema";
import { tagDefaultsSchema } from "../config/tag-defaults";
import { isMeshError } from "../errors";
import { flagsSchema, hostnameSchema, policySchemas, renewKeySchema, roleSchema, tagSchema } from "../fields";
import { get, ids, type NetworkProvider } from "../providers";
import { daemonSchema } from "../daemon-schema";
import { serveSchema } from "../serve-schema";
import { verifySchema } from "../verify-schema";
import { workloadIdentitySchema } from "../workload-identity-schema";
import { connectionSchema } from "../transport/schema";
import { asZod, holdsUnknown, invalidConfig, UNKNOWN, validate, type ValidationIssue } from "../validation";
import { twoLogins } from "./check-login";
import { cannotStart } from "./daemon";
import { renewalIssues } from "./key-expiry";
import { isLater, knownParts } from "./known";
import { reachIssues } from "./reach";
import { addressOf } from "./roster";
import { cannotServe } from "./serve";
import { cannotTune } from "./udp-gro";
import { cannotVerify, namesItself } from "./verify";

const hostSchema = z.strictObject({
  connection: connectionSchema.optional(),
  roles: z.array(roleSchema).optional(),
  tags: z.array(tagSchema).optional(),
  flags: flagsSchema.optional(),
  extraFlags: flagsSchema.optional(),
  serve: serveSchema.optional(),
  daemon: daemonSchema.optional(),
  udpGro: z.boolean().optional(),
  verify: verifySchema.optional(),
  keyExpiry: z.literal("disabled").optional(),
  renewKey: renewKeySchema.optional(),
  ephemeral: z.boolean().optional(),
  authKey: z.string().optional(),
  workloadIdentity: workloadIdentitySchema.optional(),
  probeOnPreview: z.boolean().optional(),
  ...policySchemas,
});
const memberSchema = hostSchema.extend({
  aliases: z.array(hostnameSchema).optional(),
  options: z.looseObject({}).optional(),
});

const hostsSchema = z.record(z.string(), z.unknown());

const NAMES_COME_LATER =
  "expected an object with a key for each host, got an output: the names have to be known when the program runs; the value of each may be an output";

const DEFAULTS_COME_LATER = "expected an object, got an output: each value in it may be one";

/** Throws one invalid-config error with every mistake in the arguments of a `Mesh`. */
export function mustBeMesh(args: unknown): void {
  const { network, hosts, defaults } = fieldsOf(args);
  const [chosen, issues] = checkNetwork(network);
  const ofAll = knownParts(defaults);
  const mistakes = isLater(defaults)
    ? [{ path: [], message: DEFAULTS_COME_LATER }]
    : checkDefaults(memberSchema, ofAll);
  const ofDefaults = under(["defaults"], mistakes);
  issues.push(...ofDefaults);
  const declared = validate(hostsSchema, knownHosts(hosts));
  if (isLater(hosts)) issues.push({ path: ["hosts"], message: NAMES_COME_LATER });
  else if (!declared.ok) issues.push(...under(["hosts"], declared.issues));
  else issues.push(...checkHosts(declared.value, ofDefaults.length > 0 ? {} : fieldsOf(ofAll), chosen));
  complain(issues, network);
}

/** The same for a `Host`, whose node is called as the resource when nothing else is said. */
export function mustBeHost(resource: string, args: unknown): void {
  const { network, nodeName = resource, ...settings } = fieldsOf(args);
  const [chosen, issues] = checkNetwork(network);
  const named = validate(hostnameSchema, knownParts(nodeName));
  if (!named.ok) issues.push(...under(["nodeName"], named.issues));
  complain(
    [...issues, ...checkSettings(hostSchema, knownParts(settings), chosen, knownParts(nodeName))],
    network,
  );
}

/** Resource options hold whole resources, which are not looked into. */
function knownHosts(hosts: unknown): unknown {
  if (isLater(hosts) || !isObject(hosts)) return knownParts(hosts);
  const entries = Object.entries(hosts).map(([name, given]: [string, unknown]) => {
    if (isLater(given) || typeof fieldsOf(given)["options"] !== "object") return [name, given];
    return [name, { ...fieldsOf(given), options: {} }];
  });
  return knownParts(Object.fromEntries(entries));
}

interface Chosen {
  readonly provider?: NetworkProvider;
  /** The roles that the block gives tags; undefined while nothing is known of them. */
  readonly roles?: readonly string[];
}

function complain(issues: readonly ValidationIssue[], network: unknown): void {
  if (issues.length === 0) return;
  const ofNetwork = issues.filter(({ path }) => path[0] === "network").length;
  const file = ofNetwork > 0 ? sourceOf(network) : undefined;
  const rest = ofNetwork < issues.length ? ", and what else is named," : "";
  const remedy = file === undefined ? undefined : `Correct the network in ${file}${rest} and run again.`;
  throw invalidConfig("", issues, { remedy });
}

const under = (prefix: ValidationIssue["path"], issues: readonly ValidationIssue[]): ValidationIssue[] =>
  issues.map(({ path, message }) => ({ path: [...prefix, ...path], message }));

function checkNetwork(given: unknown): [Chosen, ValidationIssue[]] {
  const result = validate(networkSchema, knownParts(given));
  if (!result.ok) return [{}, under(["network"], result.issues)];
  const { provider: id, module, providers = {} } = fieldsOf(result.value) as Partial<typeof result.value>;
  if (id === undefined || id === UNKNOWN || module === UNKNOWN) return [{}, []];
  if ((providers as unknown) === UNKNOWN) return [{ provider: ids().includes(id) ? get(id) : undefined }, []];
  const block = fieldsOf(providers)[id];
  // One that is not built in is there when its module is imported, for which nobody can wait here.
  if (module !== undefined && !ids().includes(id)) return [{}, []];
  try {
    const provider = get(id);
    const issues = under(["network", "providers", id], checkBlock(provider, block));
    const tags = validate(tagDefaultsSchema, block ?? {});
    const roleTags: unknown = tags.ok ? (tags.value.role_tags ?? {}) : UNKNOWN;
    return [{ provider, roles: roleTags === UNKNOWN ? undefined : Object.keys(fieldsOf(roleTags)) }, issues];
  } catch (error) {
    if (!isMeshError(error, "unknown-provider")) throw error;
    return [{}, [{ path: ["network", "provider"], message: `${error.detail}. ${error.remedy}` }]];
  }
}

function checkBlock(provider: NetworkProvider, block: unknown): readonly ValidationIssue[] {
  if (block === UNKNOWN) return [];
  const { schema } = provider;
  const result = schema === undefined ? undefined : validate(asZod(schema), block);
  if (result?.ok === false) return result.issues;
  if (holdsUnknown(block)) return [];
  return (provider.checkConfig?.(block) ?? []).map((message) => ({ path: [], message }));
}

function checkHosts(
  hosts: Readonly<Record<string, unknown>>,
  ofAll: Readonly<Record<string, unknown>>,
  chosen: Chosen,
): ValidationIssue[] {
  const places = new Map<string, string>();
  return Object.entries(hosts).flatMap(([name, own]) => {
    const given = isObject(own) ? withDefaults(name, ofAll, own) : own;
    const named = validate(hostnameSchema, name);
    const issues = [...(named.ok ? [] : named.issues), ...checkSettings(memberSchema, given, chosen, name)];
    const connection = fieldsOf(given)["connection"] ?? { host: name };
    const parsed = holdsUnknown(connection) ? undefined : validate(connectionSchema, connection);
    if (given !== UNKNOWN && parsed?.ok === true) {
      const place = addressOf(parsed.value);
      const other = places.get(place);
      if (other === undefined) places.set(place, name);
      else issues.push({ path: ["connection"], message: `leads to the same host as that of ${other}` });
    }
    return under(["hosts", name], issues);
  });
}

function checkSettings(
  schema: typeof hostSchema,
  settings: unknown,
  { provider, roles: known }: Chosen,
  name: unknown,
): ValidationIssue[] {
  if (settings === UNKNOWN) return [];
  const result = validate(schema, settings);
  if (!result.ok) return [...result.issues];
  // At values that are unknown nothing is said of what stands around them.
  const { roles, flags, extraFlags, serve, daemon, verify, reach, connection } = result.value;
  const { udpGro, keyExpiry, renewKey } = result.value;
  const ofRoles = known === undefined || holdsUnknown(roles) ? [] : unknownRoles(roles ?? [], known);
  const isKnown = !holdsUnknown(flags) && !holdsUnknown(extraFlags);
  const ofFlags = isKnown ? (provider?.checkFlags?.(flags ?? {}, extraFlags ?? {}) ?? []) : [];
  const ofServe = holdsUnknown(serve) || provider === undefined ? [] : cannotServe(provider, serve);
  const ofDaemon = holdsUnknown(daemon) || provider === undefined ? [] : cannotStart(provider, daemon);
  const ofUdpGro = provider === undefined || !isKnown ? [] : cannotTune(provider, udpGro, flags);
  const ofVerify = [
    ...namesItself(verify, [name]),
    ...(provider === undefined ? [] : cannotVerify(provider, verify)),
  ];
  return [
    ...ofRoles,
    ...ofFlags.map(toIssue),
    ...under(["serve"], ofServe),
    ...under(["daemon"], ofDaemon),
    ...under(["udpGro"], ofUdpGro),
    ...under(["verify"], ofVerify),
    ...reachIssues(reach, connection, holdsUnknown(serve) ? [] : serve),
    ...renewalIssues(keyExpiry, renewKey),
    ...twoLogins(result.value),
  ];
}

/** `flags.ssh: expected a boolean`: a provider says it in a sentence that begins with the path. */
function toIssue(sentence: string): ValidationIssue {
  const [, path = "", message = sentence] = /^([\w.-]+): (.*)$/s.exec(sentence) ?? [];
  return { path: path.split(".").filter(Boolean), message };
}
