/** Gets the auth key for a login: only then, so that a joined host never needs one. */
import { MeshError } from "../../errors";
import type { ProviderContext } from "../contract";

export interface AuthKeySource {
  readonly authKey?: string;
  /** Name of the environment variable that holds the key. */
  readonly variable?: string;
}

/** Throws key-missing when there is no key, key-invalid when it cannot be one; neither repeats the value. */
export function readAuthKey(
  ctx: Pick<ProviderContext, "env">,
  host: string,
  { authKey, variable }: AuthKeySource,
): string {
  const key = (authKey ?? (variable === undefined ? undefined : ctx.env[variable]))?.trim();
  if (key === undefined || key === "") {
    const where =
      variable === undefined
        ? "auth_key_env is not set"
        : `the environment variable ${variable} is empty or not set`;
    throw new MeshError({
      kind: "key-missing",
      host,
      message: `the host has to log in and there is no auth key: ${where}`,
      remedy: `Create an auth key at the control server and run \`export ${variable ?? "NAME"}=...\` before \`pulumi up\`${variable === undefined ? ", with auth_key_env: NAME in the provider's block" : ""}.`,
    });
  }
  if (/\s/.test(key)) {
    throw new MeshError({
      kind: "key-invalid",
      host,
      message: "the auth key has white space inside",
      remedy: "Copy the key again, as one line.",
    });
  }
  return key;
}
