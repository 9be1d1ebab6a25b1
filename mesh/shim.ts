/**
 * The dynamic provider object that Pulumi serializes into the state: it forwards each call to the installed package,
 * found from the program's folder, and captures nothing. Its text and the names of the handlers are a permanent contract:
 * states written years ago still call them.
 */
import type { dynamic } from "@pulumi/pulumi";

/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/require-await -- its text is stored as it is, so it must stay short */
async function forward(name: string, args: unknown[]) {
  let handlers;
  try {
    handlers = require("node:module").createRequire(process.cwd() + "/")("pulumi-mesh/handlers");
  } catch (error) {
    const failure = new Error(
      "pulumi-mesh cannot be loaded from " +
        process.cwd() +
        ". Run npm install there; it must be a direct dependency in package.json. " +
        String(error).split("\n")[0],
    );
    failure.stack = "";
    throw failure;
  }
  return handlers[name](...args);
}

export const shim: dynamic.ResourceProvider = {
  check: (...args: unknown[]) => forward("check", args),
  diff: (...args: unknown[]) => forward("diff", args),
  create: (...args: unknown[]) => forward("create", args),
  read: (...args: unknown[]) => forward("read", args),
  update: (...args: unknown[]) => forward("update", args),
  delete: (...args: unknown[]) => forward("delete", args),
};
