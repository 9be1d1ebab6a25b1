/** The releases of Headscale that a lab can run: the newest, unless it asks for an older one. */
import { UsageError } from "../error";
import type { ToolName } from "../prepare/tools";

/** The tool that is each release. Only a lab that asks for it has it built. */
const TOOL = {
  "0.27": "headscale-0.27",
  "0.28": "headscale-0.28",
  "0.29": "headscale",
} as const satisfies Readonly<Record<string, ToolName>>;

export type HeadscaleRelease = keyof typeof TOOL;

/** Every release there is, oldest first. */
export const HEADSCALE_RELEASES = Object.keys(TOOL) as [HeadscaleRelease, ...HeadscaleRelease[]];

/** What a lab runs unless told otherwise. */
export const DEFAULT_RELEASE: HeadscaleRelease = "0.29";

export function headscaleTool(release: HeadscaleRelease): ToolName {
  return TOOL[release];
}

/** Takes the text for a release, or says which ones there are. */
export function parseHeadscaleRelease(text: string): HeadscaleRelease {
  const release = HEADSCALE_RELEASES.find((each) => each === text);
  if (release !== undefined) return release;
  throw new UsageError(`there is no Headscale "${text}" here; there are ${HEADSCALE_RELEASES.join(", ")}`);
}
