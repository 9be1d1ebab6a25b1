/** The errors of one command, each with what to do about it. None names the command: only the step's label. */
import type { MeshError } from "../../errors";
import type { Fail } from "../failure";
import { OUTPUT_LIMIT } from "./marked-output";
import { explainRefusal, type Silence } from "./refusal";

/** Errors about the step `label` on the host that `fail` speaks of. */
export function commandErrors(fail: Fail, label: string) {
  return {
    badArgv: (message: string): MeshError =>
      fail({ kind: "invalid-config", message: `${label}: ${message}`, remedy: "Correct the arguments." }),

    timedOut: (timeoutMs: number): MeshError =>
      fail({
        kind: "timed-out",
        message: `${label} took longer than ${timeoutMs / 1000} s and was ended`,
        remedy: "See what keeps the host busy, then run again.",
      }),

    hung: (timeoutMs: number, user: string): MeshError =>
      fail({
        kind: "timed-out",
        message: `${label} did not start within ${timeoutMs / 1000} s: the login of ${user} hangs`,
        remedy:
          "See whether the start files of its shell wait for input, and whether the host is overloaded.",
      }),

    aborted: (cause: unknown): MeshError =>
      fail({ kind: "timed-out", message: `${label} was stopped`, remedy: "Run again.", cause }),

    connectionLost: (cause?: unknown): MeshError =>
      fail({
        kind: "host-unreachable",
        message: `connection lost during ${label}`,
        remedy: "See whether the host is up and its network stable, then run again.",
        cause,
      }),

    notStarted: (user: string, cause: unknown): MeshError =>
      fail({
        kind: "not-permitted",
        message: `${label}: the host starts no command for ${user}`,
        remedy: "Allow the user sessions in the host's sshd_config (MaxSessions, ForceCommand).",
        cause,
      }),

    refused: (seen: Silence): MeshError => fail({ kind: "not-permitted", ...explainRefusal(seen) }),

    tooMuchOutput: (stream: string): MeshError =>
      fail({
        kind: "join-failed",
        message: `${label} printed more than ${OUTPUT_LIMIT / 1024 / 1024} MiB to ${stream} and was ended`,
        remedy: "See what prints so much there (`tailscale status`, a program in its place), then run again.",
      }),
  };
}

export type CommandErrors = ReturnType<typeof commandErrors>;
