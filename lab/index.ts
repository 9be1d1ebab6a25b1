/** The lab's programming interface: a real mesh on this machine, for the tests and the demo. */
export { Lab, type LabOptions } from "./lab";
export { LabError } from "./error";
export type { AuthKeyOptions } from "./control/keys";
export { HEADSCALE_RELEASES, type HeadscaleRelease, parseHeadscaleRelease } from "./control/releases";
export type { ExecOptions } from "./hosts/exec";
export { listLabs, removeStaleLabs, takeDown } from "./scenario/down";
export { HOST_IMAGES, type HostImage } from "./hosts/variants";
export type { HostPlan } from "./scenario/plan";
export type { LabHost } from "./scenario/state";
export type { LabStatus } from "./scenario/status";
export type { CommandResult } from "./system/command";
export { logToStderr, type Log } from "./system/log";
