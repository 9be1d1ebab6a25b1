/** Markup that escapes whatever is put into it: foreign text can never become a tag. */

/** Made by `markup` and `trusted` only. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | undefined | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (value === undefined) return "";
  if (typeof value === "object") return value.map(render).join("");
  return escape(String(value));
}

/** A template whose values are escaped, unless they are Markup themselves; attributes that hold values need quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(render)));
}

/** A text of this package's own: its style, its script. Never for anything from elsewhere. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
