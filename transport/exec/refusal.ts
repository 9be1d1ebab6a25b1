/** Why a command never started, told from what the login shell and sudo said instead. */
import { excerpt } from "../../excerpt";
import type { Exit } from "./process";

/** What was seen of a command that ended before it started. */
export interface Silence {
  readonly user: string;
  /** Known once the wrapper ran: what failed after it is sudo. */
  readonly group: string | undefined;
  /** The wrapper found no sudo. */
  readonly noSudo: boolean;
  /** Nor a place for the pipe that a command's input goes through. */
  readonly noPipe?: boolean;
  /** How often sudo asked for the password. */
  readonly asked: number;
  /** A question that nobody can answer: not sudo's own for the password. */
  readonly prompt?: string;
  readonly exit: Exit;
  /** What was printed last, by the login shell or by sudo. */
  readonly words: string;
  /** What was to be run: an error must not repeat it. */
  readonly argv: readonly string[];
}

export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

const NOPASSWD = "add a NOPASSWD rule for it in /etc/sudoers.d";

/** Pure: the error for it, of kind not-permitted. Texts of the host are cut to one line, without what they quote. */
export function explainRefusal(seen: Silence): Refusal {
  const user = seen.user;
  if (seen.group === undefined) {
    return {
      message: `the login of ${user} runs no commands: ${quoteLast(seen) ?? describeExit(seen.exit)}`,
      remedy: remedyForLogin(seen),
    };
  }
  if (seen.noSudo) {
    return {
      message: `${user} is not root and the host has no sudo`,
      remedy: "Connect as root, or install sudo.",
    };
  }
  if (seen.noPipe === true) {
    return {
      message: `${user} can make no named pipe in /run/user, /dev/shm or /tmp, and input does not go through sudo, which may log it`,
      remedy: "Make one of these writable for this user (`mktemp -d`, `mkfifo`), or connect as root.",
    };
  }
  if (/not in the sudoers|not allowed|may not run/i.test(seen.words)) {
    return {
      message: `sudo lets ${user} not run commands as root`,
      remedy: `Add the user to the sudo (or wheel) group, or ${NOPASSWD}, or connect as another user.`,
    };
  }
  if (/must have a tty/i.test(seen.words)) {
    return {
      message: `sudo works for ${user} on a terminal only`,
      remedy: `Take \`requiretty\` out of /etc/sudoers: \`Defaults:${user} !requiretty\`.`,
    };
  }
  if (seen.prompt !== undefined) {
    return {
      message: `sudo asks ${user} for more than the password: ${quoteLast({ ...seen, words: seen.prompt })}`,
      remedy: `A second factor cannot be given: ${NOPASSWD}, or connect as root.`,
    };
  }
  if (seen.asked > 0 || /incorrect password/i.test(seen.words)) {
    return {
      message: `sudo did not take the password of ${user}`,
      remedy: `Correct the connection's password, or ${NOPASSWD}.`,
    };
  }
  if (/password is required|authentication is required/i.test(seen.words)) {
    return {
      message: `sudo asks ${user} for a password and the connection has none`,
      remedy: `Set the connection's password, or ${NOPASSWD}, or connect as root.`,
    };
  }
  return {
    message: `sudo failed for ${user}: ${quoteLast(seen) ?? describeExit(seen.exit)}`,
    remedy: "Log in as this user and see whether `sudo -n true` works.",
  };
}

function remedyForLogin({ words, exit }: Silence): string {
  if (/password (has|is) expired|password change required|change your password/i.test(words))
    return "Set a new password for the user on the host, or take its expiry off (`chage -M -1`).";
  // A shell that refuses, as nologin does, does not end well.
  if (exit.code === 0)
    return "See what the start files of the user's shell (~/.bashrc, ~/.zshenv) do in a login without a terminal: one of them ends in exec or exit. Put that after a test for a terminal (`[ -t 0 ] && exec fish`).";
  return "Give the user a login shell, or set the connection's user to one that may run commands.";
}

/** The last line with text, bounded, and without what it quotes; undefined when it repeats a line of the command. */
function quoteLast({ words, argv }: Silence): string | undefined {
  const line = words
    .replaceAll(/'[^']*('|$)/g, "'...'")
    .split("\n")
    .findLast((text) => text.trim() !== "");
  const own = argv.flatMap((argument) => argument.split("\n")).filter((part) => part.length >= 8);
  if (line === undefined || own.some((part) => line.includes(part))) return undefined;
  return excerpt(line);
}

function describeExit({ code, signal }: Exit): string {
  return signal === undefined ? `it ended with exit status ${code}` : `it was ended by ${signal}`;
}
