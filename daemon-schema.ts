/** The schema of what tailscaled is started with, for configuration and inputs. */
import { z } from "zod";

const FLAG = /^[a-z][a-z0-9-]*$/;
/** Others, a shell that reads them would take for its own; the proxies are known in either case. */
const VARIABLE = /^([A-Z_][A-Z0-9_]*|(https?|all|no)_proxy)$/;
const SECRET = /AUTH_?KEY|API_?KEY|PRIVATE_?KEY|SECRET|TOKEN|PASSW(OR)?D|CREDENTIAL/i;
const LONGEST = 2_000;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const record = (mistake: (name: string, value: string) => string | undefined) =>
  z.record(z.string(), scalar).superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const message = mistake(name, String(value));
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
  });

export const daemonSchema = z.strictObject({
  port: z.int().min(0).max(65535).optional(),
  flags: record(flagMistake).optional(),
  env: record(variableMistake).optional(),
});

/** A shell may read it, and splits it at spaces. */
function flagMistake(name: string, value: string): string | undefined {
  if (name.startsWith("-")) return "is written without leading dashes";
  if (!FLAG.test(name)) return "is no flag's name: it may hold only a-z, 0-9 and hyphens";
  if (!/^[!-~]*$/.test(value) || /["'`\\$*?;&|<>()]/.test(value) || value.length > LONGEST)
    return "must be one word, without quotes and what a shell takes for more than a letter";
  return undefined;
}

/** Without the value, which may be a secret. */
function variableMistake(name: string, value: string): string | undefined {
  if (SECRET.test(name))
    return "looks like a secret, which everybody who is root on the host could read in a file; a key to log in with is named by auth_key_env";
  if (!VARIABLE.test(name))
    return "is no variable's name: it may hold only A-Z, 0-9 and underscores (or be http_proxy, https_proxy, all_proxy or no_proxy)";
  if (/\p{Cc}/u.test(value)) return "must be one line, without control characters";
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/:\/\/[^/@]*:[^/@]*@/.test(value))
    return "must hold no password, which everybody who is root on the host could read in a file";
  return undefined;
}
