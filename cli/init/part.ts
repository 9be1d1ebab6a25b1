/** Pure: one part of a YAML file, put beside what else stands in it. */
import { isMap, parseDocument, type Document } from "yaml";
import { parseSections } from "../../config/yaml";
import { UsageFailure } from "../failure";

/** Whether the file has the part; a key without a value is none. */
export function has(text: string, path: string, at: readonly string[]): boolean {
  const value: unknown = read(text, path).getIn(at);
  return value !== undefined && value !== null;
}

/** The text with the part in it; comments and all other parts stay. */
export function put(text: string, path: string, at: readonly string[], value: object): string {
  const document = read(text, path);
  if (!isMap(document.contents)) document.contents = document.createNode({});
  at.slice(0, -1).forEach((_name, index) => {
    const above = at.slice(0, index + 1);
    const node: unknown = document.getIn(above);
    if (isMap(node)) return;
    if (node !== undefined && node !== null)
      throw new UsageFailure(`nothing was written, for ${above.join(".")} in ${path} has no keys`);
    document.setIn(above, document.createNode({}));
  });
  document.setIn(at, document.createNode(value));
  // Long lines of others are not folded.
  return document.toString({ lineWidth: 0 });
}

/** Throws invalid-config, with line and column, where it is no YAML with sections. */
function read(text: string, path: string): Document {
  parseSections(text, path);
  return parseDocument(text);
}
