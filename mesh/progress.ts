/** Shows what a handler is doing on the host's own row of Pulumi's display, through the engine's log service. */
import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type { IEngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as EngineMessages from "@pulumi/pulumi/proto/engine_pb";

export interface Progress {
  /** What is being done now: seen live, gone afterwards. */
  step(message: string): void;
  /** An outcome that stays in the output. */
  info(message: string): void;
  /** Something the user has to know: stands under Diagnostics. */
  warn(message: string): void;
  /** Resolves when all messages are with the engine. */
  flush(): Promise<void>;
}

type Severity = "INFO" | "WARNING";

const SILENT: Progress = {
  step: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  flush: () => Promise.resolve(),
};

/** Progress for the resource with this URN; silent outside a dynamic provider's process. Never throws. */
export function openProgress(urn: string | undefined): Progress {
  const engine = connectEngine();
  if (engine === undefined || urn === undefined) return SILENT;
  let sent = Promise.resolve();
  const send = (severity: Severity, message: string, ephemeral: boolean) => {
    sent = sent.then(() => engine.log(severity, message, urn, ephemeral));
  };
  return {
    step: (message) => send("INFO", message, true),
    info: (message) => send("INFO", message, false),
    warn: (message) => send("WARNING", message, false),
    flush: () => sent,
  };
}

interface Engine {
  log(severity: Severity, message: string, urn: string, ephemeral: boolean): Promise<void>;
}

/** One client per process; its connection is the engine's, not a host's. */
let shared: Engine | undefined;

/** The engine passes its address as first argument to a dynamic provider's process. */
function connectEngine(address = process.argv[2]): Engine | undefined {
  if (address === undefined || !/^[\w.-]+:\d+$/.test(address)) return undefined;
  return (shared ??= openEngine(address));
}

/* eslint-disable @typescript-eslint/no-unsafe-assignment -- modules of the SDK, loaded from where it is installed */
function openEngine(address: string): Engine | undefined {
  try {
    // The SDK's own gRPC library: a second copy could not use its messages.
    const require = createRequire(createRequire(process.cwd() + "/").resolve("@pulumi/pulumi"));
    const grpc: typeof Grpc = require("@grpc/grpc-js");
    const {
      EngineClient,
    }: {
      EngineClient: new (address: string, credentials: Grpc.ChannelCredentials) => IEngineClient;
    } = require("@pulumi/pulumi/proto/engine_grpc_pb");
    const messages: typeof EngineMessages = require("@pulumi/pulumi/proto/engine_pb");
    const client = new EngineClient(address, grpc.credentials.createInsecure());
    return {
      log: (severity, message, urn, ephemeral) =>
        new Promise((resolve) => {
          const request = new messages.LogRequest();
          request.setSeverity(messages.LogSeverity[severity]);
          request.setMessage(message);
          request.setUrn(urn);
          request.setEphemeral(ephemeral);
          client.log(request, () => resolve());
        }),
    };
  } catch {
    return undefined; // No display is no reason to fail.
  }
}
