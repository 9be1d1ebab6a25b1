/** The documentation as the tests read it: its pages, and the fenced snippets on them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../..");

/** Every page that users read, as a path from the root. */
export const PAGES = [ROOT, join(ROOT, "docs")].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => (folder === ROOT ? name : `docs/${name}`)),
);

export const readPage = (path: string) => readFileSync(join(ROOT, path), "utf8");

export interface Snippet {
  /** `docs/configuration.md:14`. */
  readonly place: string;
  readonly text: string;
  /** From a comment in front: `<!-- test: network -->`. */
  readonly kind: string | undefined;
}

/** Pure: the fenced blocks of a page in one of these languages. */
export function extractSnippets(page: string, path: string, languages: readonly string[]): Snippet[] {
  const fence = new RegExp(
    `^(?:<!-- test: (\\w+) -->\\n+)?\`\`\`(?:${languages.join("|")})\\n([^]*?)^\`\`\`$`,
    "gm",
  );
  return [...page.matchAll(fence)].map(({ 0: all, 1: kind, 2: text = "", index }) => {
    const line = page.slice(0, index + all.indexOf("```")).split("\n").length;
    return { place: `${path}:${line}`, text, kind };
  });
}
