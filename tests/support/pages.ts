/** The documentation as the tests read it: its pages, and the fenced snippets on them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../..");

const markdown = (folder: string, recursive = false) =>
  readdirSync(join(ROOT, folder), { recursive, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();

/** Every page that users read, as a path from the root. */
export const PAGES = [...markdown("."), ...markdown("docs", true), "examples/README.md"];

export const readPage = (path: string) => readFileSync(join(ROOT, path), "utf8");

export interface Snippet {
  /** `docs/configuration.md:14`. */
  readonly place: string;
  readonly text: string;
  /** From a comment in front: `<!-- test: network -->`. */
  readonly kind: string | undefined;
  /** What follows the kind there: the file that the reader makes of it (`program index.ts`), or a reason. */
  readonly note: string | undefined;
  /** `yaml`. */
  readonly language: string;
}

/** Pure: the fenced blocks of a page in one of these languages. */
export function extractSnippets(page: string, path: string, languages: readonly string[]): Snippet[] {
  const fence = new RegExp(
    `^(?:<!-- test: (\\w+)(?: (.+?))? -->\\n+)?\`\`\`(${languages.join("|")})\\n([^]*?)^\`\`\`$`,
    "gm",
  );
  return [...page.matchAll(fence)].map(
    ({ 0: all, 1: kind, 2: note, 3: language = "", 4: text = "", index }) => {
      const line = page.slice(0, index + all.indexOf("```")).split("\n").length;
      return { place: `${path}:${line}`, text, kind, note, language };
    },
  );
}
