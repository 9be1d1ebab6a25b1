/** Turns argv into one command line that every login shell passes on untouched: sh, bash, zsh, fish, tcsh, ... */

/** The kernel takes no longer argument (MAX_ARG_STRLEN), and the login shell gets the command line as one. */
export const MAX_COMMAND_LINE = 128 * 1024 - 1;

/** What is thrown for a longer one: as the kernel of the host would say. */
export function tooLong(): Error {
  return Object.assign(new Error("the command line is too long"), { code: "E2BIG" });
}

/**
 * What a login shell takes literally inside single quotes, and /bin/sh inside the double quotes within: printable ASCII
 * without `'` and `\` (fish), `!` (csh) and `"`, `$`, backquote (sh). All else travels as octal.
 */
const ENCODED = /[^ -~]|['\\!"$`]/gu;

/**
 * Pure: the command line that executes `argv`, each element as it is. The login shell only sees one single-quoted word of
 * harmless characters; /bin/sh decodes it, in the C locale so that no multibyte charset can join bytes across a quote.
 * `exec` keeps the login shell from staying around: its logout scripts do not run, and signals reach the command.
 */
export function buildCommandLine(argv: readonly string[]): string {
  const command = `exec ${argv.map(encodeWord).join(" ")}`;
  return `exec /bin/sh -c 'LC_ALL=C; export LC_ALL; eval "$(printf %b "${command}")"'`;
}

/** Scripts, by their texts: each host of a fleet gets the same few. */
const encoded = new Map<string, string>();
const IS_SCRIPT = 1_000;
const MOST_SCRIPTS = 64;

function encodeWord(word: string): string {
  if (word.length < IS_SCRIPT) return encode(quote(word));
  const known = encoded.get(word);
  if (known !== undefined) return known;
  const made = encode(quote(word));
  if (encoded.size >= MOST_SCRIPTS) encoded.clear();
  encoded.set(word, made);
  return made;
}

/** Pure: one word for a POSIX shell. */
function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The command line of a probe has thousands of them, for each host: made once. */
const OCTAL = Array.from({ length: 256 }, (_, byte) => `\\0${byte.toString(8).padStart(3, "0")}`);

/** Pure: as printf's %b reads it: octal for each byte that is not literal. */
function encode(text: string): string {
  return text.replace(ENCODED, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x80) return OCTAL[code]!;
    return [...Buffer.from(character, "utf8")].map((byte) => OCTAL[byte]!).join("");
  });
}
