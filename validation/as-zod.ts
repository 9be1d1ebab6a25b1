/** Schemas of other libraries, as zod schemas: what is wrong with a value is told in one way. */
import { z } from "zod";
import type { StandardIssue, StandardSchema } from "./standard-schema";

/** The schema itself when it is one of zod, else one that asks it. Its answer has to come at once: a promise is a mistake. */
export function asZod<T>(schema: StandardSchema<unknown, T>): z.ZodType<T> {
  if (isZod(schema)) return schema as unknown as z.ZodType<T>;
  return z.unknown().transform((value, context): T => {
    const result = schema["~standard"].validate(value);
    if (result instanceof Promise || "then" in result) {
      context.addIssue({ code: "custom", message: "cannot be checked: its schema does not answer at once" });
      return z.NEVER;
    }
    if (result.issues === undefined) return result.value;
    for (const { message, path = [] } of result.issues)
      context.addIssue({ code: "custom", message, path: path.map(keyOf) });
    return z.NEVER;
  });
}

/** Of version 4, whichever copy of it: older ones have no `_zod`. */
const isZod = (schema: object) => "_zod" in schema && "safeParse" in schema;

/** A segment of a path is a key, or an object that has one. */
const keyOf = (segment: NonNullable<StandardIssue["path"]>[number]): PropertyKey =>
  typeof segment === "object" ? segment.key : segment;
