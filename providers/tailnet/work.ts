/** All that is done on hosts and at control servers: apart from `provider.ts`, for a program that declares hosts does none of it. */
export { release } from "./identity/hold";
export { ensureClient } from "./install";
export { ensureNode } from "./join/join";
export { leave } from "./leave/leave";
export { inspectNode } from "./refresh/inspect";
export { checkAccess } from "./survey/access";
export { survey } from "./survey/survey";
export { openTarget } from "./target";
export { verify } from "./verify/verify";
