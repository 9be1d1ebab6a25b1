/** Pure: what a user runs after init. */
import type { Answers } from "./answers";

export interface Step {
  readonly command: string;
  readonly why?: string;
}

export function nextSteps(
  { apiKeyEnv, authKeyEnv, stack }: Answers,
  { exists, hasManifest }: { readonly exists: boolean; readonly hasManifest: boolean },
): Step[] {
  // A package.json that was there already asks for none of what the program needs; a project has its compiler, if it wants one.
  const install = exists || hasManifest ? "npm install pulumi-mesh @pulumi/pulumi" : "npm install";
  return [
    { command: install },
    ...(hasManifest && !exists ? [{ command: "npm install --save-dev typescript" }] : []),
    ...(exists ? [{ command: 'import "./mesh";', why: "in your program" }] : []),
    { command: `pulumi stack select --create ${stack}` },
    ...(apiKeyEnv === undefined
      ? []
      : [{ command: `export ${apiKeyEnv}=...`, why: "a key of the control server's API" }]),
    ...(authKeyEnv === undefined ? [] : [{ command: `export ${authKeyEnv}=...`, why: "an auth key" }]),
    { command: `npx pulumi-mesh doctor --stack ${stack}` },
    { command: `pulumi up --stack ${stack}` },
  ];
}
