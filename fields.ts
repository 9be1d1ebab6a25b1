/** Schemas of the small values that configuration and network providers share: names, tags, versions, flags. */
import { coerce, valid } from "semver";
import { z } from "zod";
import { POLICIES, type Policy, type PolicyName } from "./policies";
import { parseRenewKey } from "./renew-key";

/** A string with a rule: `findMistake` gives the message for a wrong one, or undefined. */
function checkedString(
  findMistake: (value: string) => string | undefined,
  params?: z.core.$ZodStringParams,
): z.ZodString {
  return z.string(params).superRefine((value, context) => {
    const message = findMistake(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

const HOSTNAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** As `tailcfg.CheckTag` of tailscale. */
const TAG = /^tag:[A-Za-z][A-Za-z0-9-]*$/;
const ROLE = /^[A-Za-z0-9][\w.-]*$/;
const FLAG = /^[a-z][a-z0-9-]*$/;

/** False for what is long or odd enough to be a secret in the wrong place. */
const isHarmless = (value: string) =>
  /^[\w.:@ -]{1,63}$/.test(value) && !/^-*(tag:)?(tskey|hskey)-/i.test(value);

/** `tag "prod" must ...`; `this tag must ...` when the value had better not be shown. */
function complain(what: string, value: string, rule: string): string {
  return isHarmless(value) ? `${what} "${value}" ${rule}` : `this ${what} ${rule}`;
}

/** As `complain`; adds `; write "tag:prod"` when that is a correct value. */
function correct(what: string, value: string, rule: string, better: string, pattern: RegExp): string {
  const proposal = isHarmless(value) && pattern.test(better) ? `; write "${better}"` : "";
  return `${complain(what, value, rule)}${proposal}`;
}

function hostnameMistake(name: string): string | undefined {
  if (HOSTNAME.test(name)) return undefined;
  if (name === "") return "the hostname is empty";
  if (name.length > 63) return `the hostname has ${name.length} characters, at most 63 are allowed`;
  const complainWith = (rule: string, better: string) => correct("hostname", name, rule, better, HOSTNAME);
  if (name.includes(".")) return complainWith("must be one label, without dots", name.split(".")[0]!);
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (/[^A-Za-z0-9-]/.test(name)) return complainWith("may hold only a-z, 0-9 and hyphens", better);
  if (/[A-Z]/.test(name)) return complainWith("must be in lower case", better);
  return complainWith("must not start or end with a hyphen", better);
}

function tagMistake(tag: string): string | undefined {
  if (TAG.test(tag)) return undefined;
  if (!tag.startsWith("tag:")) {
    return correct("tag", tag, 'must start with "tag:"', `tag:${tag.replace(/^tag:/i, "")}`, TAG);
  }
  const name = tag.slice("tag:".length);
  if (name === "") return 'the tag has no name after "tag:"';
  if (!/^[A-Za-z]/.test(name)) return complain("tag", tag, 'must have a letter after "tag:"');
  const better = `tag:${name.replaceAll(/[^A-Za-z0-9-]+/g, "-")}`;
  return correct("tag", tag, "may hold only letters, digits and hyphens", better, TAG);
}

function roleMistake(role: string): string | undefined {
  if (ROLE.test(role)) return undefined;
  if (role.startsWith("tag:")) return complain("role", role, "is a tag; write it under tags");
  return role === ""
    ? "the role is empty"
    : complain("role", role, "may hold only letters, digits, hyphens, dots and underscores");
}

function flagMistake(flag: string): string | undefined {
  if (FLAG.test(flag)) return undefined;
  if (flag === "") return "the flag has no name";
  if (flag.startsWith("-"))
    return correct("flag", flag, "is written without leading dashes", flag.replace(/^-+/, ""), FLAG);
  const better = flag.toLowerCase().replaceAll("_", "-");
  return correct("flag", flag, "may hold only a-z, 0-9 and hyphens", better, FLAG);
}

function versionMistake(version: string): string | undefined {
  // As hosts tell theirs: semver itself takes a `v` or spaces in front, and what comes after the third number, too.
  if (/^\d+\.\d+\.\d+$/.test(version) && valid(version) === version) return undefined;
  const better = /^[ v=]*\d[\w.+-]{0,30} *$/.test(version) ? coerce(version)?.version : undefined;
  return better === undefined
    ? 'must be a version, as "1.80.0"'
    : `must be a version of three numbers; write "${better}"`;
}

/** A node's name: one DNS label in lower case, 1 to 63 characters. */
export const hostnameSchema = checkedString(hostnameMistake);

/** A tag: `tag:`, a letter, then letters, digits and hyphens. */
export const tagSchema = checkedString(tagMistake);

/** The name of a role: letters, digits, hyphens, dots and underscores. */
export const roleSchema = checkedString(roleMistake);

/** A version of three numbers (`1.80.0`), as semver reads it. In YAML it needs quotes where it looks like a number. */
export const versionSchema = checkedString(versionMistake, {
  error: ({ input }) =>
    typeof input === "number" ? 'expected a string, got number; put it in quotes, as "1.80.0"' : undefined,
});

/** How long before its expiry a node's key is renewed. */
export const renewKeySchema = checkedString((time) =>
  parseRenewKey(time) === undefined
    ? 'must be a time before the expiry, as "14d" or "72h", 90 days at most'
    : undefined,
);

/** Client settings by their `tailscale set` names, without dashes in front: `{ "accept-routes": true }`. */
export const flagsSchema = z.record(
  checkedString(flagMistake),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]),
);

type Choice<N extends PolicyName> = z.ZodEnum<{ [V in Policy<N>]: V }>;

/** For configuration: a policy that is not given is absent. */
export const policySchemas = forEachPolicy<{ readonly [N in PolicyName]: z.ZodOptional<Choice<N>> }>(
  (values) => z.enum(values).optional(),
);

/** For inputs and states: a policy that is not given has its default. */
export const policySchemasWithDefaults = forEachPolicy<{
  readonly [N in PolicyName]: z.ZodDefault<Choice<N>>;
}>((values) => z.enum(values).default(values[0]));

/** The keys are those of the table; that each has its own values, TypeScript cannot tell. */
function forEachPolicy<T>(schemaOf: (values: readonly [string, ...string[]]) => z.ZodType): T {
  const schemas = Object.entries(POLICIES).map(([name, values]) => [name, schemaOf(values)] as const);
  return Object.fromEntries(schemas) as unknown as T;
}
