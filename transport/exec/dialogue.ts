/** Talks with a command through its marks: hands sudo the password when it asks, and the command its input once it runs. */
import { splitLines } from "./lines";
import { MarkedOutput } from "./marked-output";
import type { Process } from "./process";
import { send } from "./send";

/** Milliseconds of silence after a text that may be a question, or the beginning of a line. */
const PROMPT_SILENCE = 1_000;

export interface DialogueOptions {
  readonly mark: string;
  readonly stdin: Buffer;
  /** Called with the progress of `stdin`. */
  readonly onSent?: (sent: number, total: number) => void;
  /** What sudo gets when it asks. */
  readonly password?: string;
  readonly onLine?: (line: string) => void;
  /** `stdout` or `stderr` grew too long. */
  readonly onOverflow: (stream: string) => void;
  /** `onLine` or `onSent` threw. */
  readonly onFailure: (error: unknown) => void;
}

/** What the command said so far. */
export interface Dialogue {
  readonly stdout: MarkedOutput;
  readonly stderr: MarkedOutput;
  readonly state: Readonly<DialogueState>;
  /** Passes on an unfinished last line. */
  readonly end: () => void;
}

interface DialogueState {
  /** The id of the command's process group; undefined before the wrapper ran. */
  group: string | undefined;
  noSudo: boolean;
  /** There is no place for the pipe that the input goes through. */
  noPipe: boolean;
  /** Before its input, marked lines go to sudo. */
  framed: boolean;
  /** How often sudo asked for the password. */
  asked: number;
  /** What else was asked for before the command ran. */
  prompt: string | undefined;
  /** True once the command itself runs, as the user it shall run as. */
  started: boolean;
  /** When output came last, as `performance.now()`. */
  lastOutput: number;
}

/**
 * The input waits for the start mark, though that costs a round trip: neither a login shell's rc file nor a sudo that
 * refused the password may read it, for it can hold a key.
 */
export function hold(process: Process, options: DialogueOptions): Dialogue {
  const { mark, stdin, password } = options;
  const lines = splitLines(options.onLine ?? (() => undefined));
  const state: DialogueState = {
    group: undefined,
    noSudo: false,
    noPipe: false,
    framed: false,
    asked: 0,
    prompt: undefined,
    started: false,
    lastOutput: performance.now(),
  };
  process.stdin.on("error", () => undefined); // a command may end without reading its input

  // Once only: a second end is an error, on which a channel closes itself.
  const endInput = () => {
    if (!process.stdin.writableEnded) process.stdin.end();
  };
  const answer = () => {
    state.asked++;
    if (state.asked === 1 && password !== undefined)
      process.stdin.write(`${state.framed ? "p" : ""}${password}\n`);
    else endInput(); // it was refused; with no more input sudo gives up
  };
  // Asked by PAM, as for a code that changes: with no more input it gives up, where it would wait for the step's whole time.
  const lookForPrompt = () => {
    const question = /[^\n]*\S[:?>] ?$/.exec(dialogue.stderr.noise())?.[0];
    if (state.started || state.group === undefined || question === undefined) return;
    state.prompt = question;
    endInput();
  };
  const silence = setTimeout(lookForPrompt, PROMPT_SILENCE).unref();
  const onMark = (name: string, value: string | undefined) => {
    if (name === "ready") state.group = value;
    if (name === "nosudo") state.noSudo = true;
    if (name === "nopipe") state.noPipe = true;
    if (name === "framed") state.framed = true;
    if (name === "ask") answer();
    if (name === "start" && !state.started) {
      state.started = true;
      if (state.framed) process.stdin.write(".\n");
      send(process.stdin, stdin, options.onSent).catch(options.onFailure);
    }
  };
  const read = (stream: "stdout" | "stderr", onData?: (chunk: Buffer) => void) => {
    const output = new MarkedOutput(mark, { onMark, onData, onOverflow: () => options.onOverflow(stream) });
    process[stream].on("data", (chunk: Buffer) => {
      state.lastOutput = performance.now();
      if (!state.started) silence.refresh();
      try {
        output.push(chunk);
      } catch (error) {
        options.onFailure(error);
      }
    });
    return output;
  };
  const dialogue = { stdout: read("stdout", lines.push), stderr: read("stderr"), state, end: lines.end };
  // Nothing to hold back: a login shell that reads its input must not wait for ever.
  if (stdin.length === 0 && password === undefined) endInput();
  return dialogue;
}
