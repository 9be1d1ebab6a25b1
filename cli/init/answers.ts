/** What init has to know, checked by the schemas that the stack will be checked by. */
import { parseHosts } from "../../config";
import { isMeshError, MeshError } from "../../errors";
import { get } from "../../providers";
import { connectionSchema } from "../../transport";
import { asZod, validate } from "../../validation";

export interface Answers {
  readonly provider: string;
  readonly loginServer?: string;
  readonly tailnetDomain: string;
  /** Names of variables. */
  readonly apiKeyEnv?: string;
  readonly authKeyEnv?: string;
  readonly tags: readonly string[];
  /** `web-1=admin@203.0.113.8`, one each. */
  readonly hosts: readonly string[];
  readonly stack: string;
}

/** The provider's block. */
export function blockOf({ loginServer, tailnetDomain, apiKeyEnv, authKeyEnv, tags }: Answers): object {
  return {
    ...(loginServer === undefined ? {} : { login_server: loginServer }),
    tailnet_domain: tailnetDomain,
    ...(apiKeyEnv === undefined ? {} : { api_key_env: apiKeyEnv }),
    ...(authKeyEnv === undefined ? {} : { auth_key_env: authKeyEnv }),
    ...(tags.length === 0 ? {} : { default_tags: tags }),
  };
}

/** The hosts, as the stack's configuration has them. */
export function hostsOf(answers: Pick<Answers, "hosts">): Record<string, object> {
  return Object.fromEntries(answers.hosts.map(parseHost));
}

const HOST = /^([^=\s]+)=(?:([^@\s]+)@)?(\[[^\]\s]+\]|[^:@\s]+|[^@\s]*:[^@\s]*:[^@\s]*)(?::(\d+))?$/;

/** Pure: `name=user@address:port`; an IPv6 address with a port stands in brackets. */
function parseHost(text: string): [string, object] {
  const [, name, user, host, port] = HOST.exec(text) ?? [];
  if (name === undefined || host === undefined)
    throw wrong(`a host is written as name=user@address, or name=user@address:port; got "${text}"`);
  if (host === "local") return [name, { connection: "local" }];
  return [
    name,
    {
      connection: {
        host: host.replace(/^\[|\]$/g, ""),
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port: Number(port) }),
      },
    },
  ];
}

/** What is wrong with the answers, a sentence; undefined when the stack can be made of them. */
export function mistakeIn(answers: Answers): string | undefined {
  try {
    if (!/^[\w.-]+$/.test(answers.stack)) return `the stack's name may hold letters, digits, _, . and -`;
    const { schema } = get(answers.provider);
    const block = schema === undefined ? undefined : validate(asZod(schema), blockOf(answers));
    if (block?.ok === false)
      return block.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`).join("; ");
    parseHosts(hostsOf(answers), { connectionSchema });
    return undefined;
  } catch (error) {
    if (isMeshError(error)) return error.detail;
    throw error;
  }
}

const wrong = (message: string) => new MeshError({ kind: "invalid-config", message, remedy: "Correct it." });
