/** Asks a person for what the flags do not say; each answer is checked before the next question. */
import { createInterface } from "node:readline/promises";
import { UsageFailure } from "../failure";
import { mistakeIn, type Answers } from "./answers";

export type Given = Partial<Answers>;

/** Fits every schema, so that one answer can be checked while the others are not there yet. */
const PLACEHOLDERS = { tailnetDomain: "example.ts.net", tags: [], hosts: [], stack: "dev" } as const;
const SERVERS = { tailscale: undefined, headscale: "https://headscale.example.com" } as const;

/** Variables as most people call them. */
const PREFIXES: Readonly<Record<string, string>> = { tailscale: "TS", headscale: "HS" };
export const variableFor = (provider: string, what: "APIKEY" | "AUTHKEY"): string =>
  `${PREFIXES[provider] ?? "MESH"}_${what}`;

/** Without a person: defaults for what has some, and one sentence that names the flags that are missing. */
export function complete({ provider, tailnetDomain, hosts = [], ...given }: Given): Answers {
  const missing = [
    ...(provider === undefined ? ["--provider"] : []),
    ...(provider === "headscale" && given.loginServer === undefined ? ["--login-server"] : []),
    ...(tailnetDomain === undefined ? ["--tailnet-domain"] : []),
    ...(hosts.length === 0 ? ["--host"] : []),
  ];
  if (provider === undefined || tailnetDomain === undefined || missing.length > 0)
    throw new UsageFailure(`nobody can be asked here: give ${missing.join(", ")}`);
  const apiKeyEnv =
    given.apiKeyEnv ?? (given.authKeyEnv === undefined ? variableFor(provider, "APIKEY") : undefined);
  const answers = { tags: [], stack: "dev", ...given, provider, tailnetDomain, hosts, apiKeyEnv };
  const mistake = mistakeIn(answers);
  if (mistake !== undefined) throw new UsageFailure(mistake);
  return answers;
}

/** One question: what it is about, and which answers would do if this were one. */
type Ask = (question: string, ifNothing: string, use: (answer: string) => Given) => Promise<Given>;

/** With a person. */
export async function ask(
  given: Given,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Answers> {
  const terminal = createInterface({ input, output });
  const closed = new Promise<never>((_, reject) =>
    terminal.once("close", () =>
      reject(new UsageFailure("the questions were not answered: nothing was written")),
    ),
  );
  closed.catch(() => undefined);
  let known: Given = given;
  const put: Ask = async (question, ifNothing, use) => {
    for (;;) {
      const hint = ifNothing === "" ? "" : ` [${ifNothing}]`;
      const said = await Promise.race([terminal.question(`${question}${hint}: `), closed]);
      const next = { ...known, ...use(said.trim() || ifNothing) };
      const mistake = mistakeIn(withPlaceholders(next));
      if (mistake === undefined) return (known = next);
      output.write(`  ${mistake}\n`);
    }
  };
  try {
    await questions(() => known, put);
  } finally {
    terminal.close();
  }
  return complete(known);
}

function withPlaceholders(given: Given): Answers {
  const provider = given.provider ?? "tailscale";
  const loginServer = SERVERS[provider as keyof typeof SERVERS];
  return { loginServer, ...PLACEHOLDERS, ...given, provider };
}

async function questions(known: () => Given, put: Ask): Promise<void> {
  if (known().provider === undefined)
    await put("Control server: tailscale or headscale", "tailscale", (provider) => ({ provider }));
  const provider = known().provider!;
  if (provider === "headscale" && known().loginServer === undefined)
    await put("Headscale's URL (https://headscale.example.com)", "", (loginServer) => ({ loginServer }));
  if (known().tailnetDomain === undefined)
    await put("The tailnet's MagicDNS domain (mytailnet.ts.net)", "", (tailnetDomain) => ({ tailnetDomain }));
  if (known().apiKeyEnv === undefined && known().authKeyEnv === undefined) {
    const own = variableFor(provider, "APIKEY");
    await put("Variable with a key of its API; none: an auth key is used", own, (said) =>
      said === "none" ? { authKeyEnv: variableFor(provider, "AUTHKEY") } : { apiKeyEnv: said },
    );
  }
  if (known().tags === undefined)
    await put("Tags of every host (tag:prod tag:web), or none", "none", (said) => ({
      tags: said === "none" ? [] : said.split(/[\s,]+/).filter(Boolean),
    }));
  if (known().hosts === undefined) await askHosts(known, put);
  if (known().stack === undefined) await put("Stack", "dev", (stack) => ({ stack }));
}

async function askHosts(known: () => Given, put: Ask): Promise<void> {
  for (let isLast = false; !isLast;) {
    const hosts = known().hosts ?? [];
    const question = hosts.length === 0 ? "A host (web-1=admin@203.0.113.8)" : "Another host, or nothing";
    await put(question, "", (said) => {
      isLast = said === "" && hosts.length > 0;
      return { hosts: isLast ? hosts : [...hosts, said] };
    });
  }
}
