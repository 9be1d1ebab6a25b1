/** A session that plays recorded outputs, for unit tests of decisions; the lab tests the real thing. */
import type { ExecOptions, Session } from "../../../transport";

export interface Call {
  readonly label: string;
  readonly args: readonly string[];
  readonly stdin: ExecOptions["stdin"];
}

export interface FakeSession extends Session {
  readonly calls: Call[];
}

/** What a script prints, its sections begun by `#:`; or how it prints it, with the mark of its run. */
export type Output = string | ((mark: string) => string);

/**
 * Each exec takes the next output; one more than there are outputs fails the test. The end of a login that failed, which
 * changes nothing that is shown, repeats the last one.
 */
export function fakeSession(...outputs: readonly Output[]): FakeSession {
  const calls: Call[] = [];
  let next = 0;
  return {
    host: "web-1",
    hostKey: "ssh-ed25519 AAAA",
    jumpHostKey: undefined,
    calls,
    exec: (argv: readonly string[], { label, stdin }: ExecOptions) => {
      calls.push({ label, args: argv.slice(4), stdin });
      const output = outputs[label === "cancel-login" ? next - 1 : next++];
      if (output === undefined) throw new Error(`unexpected exec ${label}`);
      const mark = argv[3] ?? "";
      const stdout =
        typeof output === "function" ? output(mark) : output.replaceAll(/^#(?=[:>])/gm, `#${mark}`);
      return Promise.resolve({ code: 0, stdout, stderr: "" });
    },
    reconnect: () => Promise.resolve(),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
