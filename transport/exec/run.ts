/** Runs one command on a host from start to end: privilege, input, output, deadline, and the error when it fails. */
import { randomBytes } from "node:crypto";
import type { Fail } from "../failure";
import type { ExecOptions, ExecResult } from "../types";
import { hold, type Dialogue } from "./dialogue";
import { buildKill, endCommand } from "./end";
import { commandErrors, type CommandErrors } from "./errors";
import type { Carrier, Exit, Process } from "./process";
import { readToEnd } from "./read-to-end";
import { toBytes } from "./send";
import { watch, type Watch } from "./watch";
import { wrap, type Privilege } from "./wrapper";

/** Milliseconds for a command whose step names no time. */
const DEFAULT_TIMEOUT = 60_000;

export interface RunContext {
  readonly carrier: Carrier;
  readonly fail: Fail;
  /** The login user, for errors. */
  readonly user: string;
  /** The login user's password, for sudo. */
  readonly password?: string;
  readonly signal?: AbortSignal;
}

/** Ends what is left of a command that failed. */
type CleanUp = (process: Process, group: string | undefined) => Promise<void>;

/** Runs `argv`. A command that ran is a result, whatever its exit status; all else is a MeshError. */
export function run(argv: readonly string[], options: ExecOptions, context: RunContext): Promise<ExecResult> {
  const kill = { label: "end", asRoot: options.asRoot, timeoutMs: 1_000 };
  const letGo: CleanUp = (process) => Promise.resolve(process.abandon());
  return attempt(argv, options, context, (process, group) =>
    endCommand(process, context.carrier.isOpen() ? group : undefined, (id, signal) =>
      attempt(buildKill(id, signal), kill, { ...context, signal: undefined }, letGo),
    ),
  );
}

async function attempt(
  argv: readonly string[],
  options: ExecOptions,
  context: RunContext,
  cleanUp: CleanUp,
): Promise<ExecResult> {
  const { timeoutMs = DEFAULT_TIMEOUT, label, onLine, onSent } = options;
  const { user, signal } = context;
  const errors = commandErrors(context.fail, label);
  if (argv.length === 0) throw errors.badArgv("there is no program to run");
  if (argv.some((argument) => argument.includes("\0"))) throw errors.badArgv("an argument holds a NUL byte");
  if (signal?.aborted) throw errors.aborted(signal.reason);

  let dialogue: Dialogue | undefined;
  const hangs = () => dialogue !== undefined && dialogue.state.group === undefined;
  const onTimeout = () => (hangs() ? errors.hung(timeoutMs, user) : errors.timedOut(timeoutMs));
  const guard = watch({ timeoutMs, onTimeout, signal, onAbort: errors.aborted });
  try {
    const mark = `mesh-${randomBytes(8).toString("hex")}`;
    const privilege = choosePrivilege(options, context);
    const stdin = toBytes(options.stdin ?? "");
    const wrapped = wrap(argv, mark, privilege, stdin.length > 0);
    const process = await start(wrapped, context, guard, errors);
    const password = privilege === "sudo-password" ? context.password : undefined;
    const onOverflow = (stream: string) => guard.fail(errors.tooMuchOutput(stream));
    const listeners = { onLine, onSent, onOverflow, onFailure: guard.fail };
    const held = hold(process, { mark, stdin, password, ...listeners });
    dialogue = held;
    const exit = await Promise.race([readToEnd(process, held.state), guard.failed]).catch(async (error) => {
      await cleanUp(process, held.state.group);
      throw error;
    });
    if (exit === undefined) throw errors.connectionLost();
    if (!held.state.started)
      throw errors.refused({ ...held.state, user, argv: wrapped, exit, words: wordsOf(held) });
    return resultOf(exit, held);
  } finally {
    guard.dispose();
  }
}

function choosePrivilege({ asRoot = false }: ExecOptions, { password }: RunContext): Privilege {
  if (!asRoot) return "login";
  return password === undefined ? "sudo" : "sudo-password";
}

/** Starts the program; one that starts after its time is let go. */
async function start(
  argv: readonly string[],
  { carrier, user }: RunContext,
  guard: Watch,
  errors: CommandErrors,
): Promise<Process> {
  const spawned = carrier.spawn(argv);
  const started = spawned.catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "E2BIG") throw errors.badArgv("its arguments are too long");
    throw carrier.isOpen() ? errors.notStarted(user, cause) : errors.connectionLost(cause);
  });
  return await Promise.race([started, guard.failed]).catch((error) => {
    spawned.then(
      (process) => process.abandon(),
      () => undefined,
    );
    throw error;
  });
}

function resultOf(exit: Exit, { stdout, stderr, end }: Dialogue): ExecResult {
  end();
  return { ...exit, stdout: stdout.text(), stderr: stderr.text() };
}

/** What was said instead of starting the command. */
function wordsOf({ stdout, stderr }: Dialogue): string {
  return stderr.noise().trim() === "" ? stdout.noise() : stderr.noise();
}
