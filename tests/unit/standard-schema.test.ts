/** Blocks whose schema is of another library than zod: mistakes are told in the same way. */
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { asZod, UNKNOWN, validate } from "../../validation";
import type { StandardResult, StandardSchema } from "../../validation/standard-schema";

type Validate = (value: unknown) => StandardResult<unknown> | Promise<StandardResult<unknown>>;

const schemaOf = (answer: Validate): StandardSchema<unknown, unknown> => ({
  "~standard": { version: 1, vendor: "own", validate: answer },
});
const issuesOf = (answer: Validate, value: unknown) => {
  const result = validate(asZod(schemaOf(answer)), value);
  return result.ok ? [] : result.issues;
};

describe("a schema of another library", () => {
  it("has its mistakes reported with their paths, whichever way it writes them", () => {
    const answer = () => ({
      issues: [{ message: "no port", path: ["ports", { key: 0 }] }, { message: "wrong as a whole" }],
    });
    expect(issuesOf(answer, { ports: [99_999] })).toEqual([
      { path: ["ports", 0], message: "no port" },
      { path: [], message: "wrong as a whole" },
    ]);
  });

  it("gives the value as it makes it", () => {
    const schema = asZod(schemaOf((value) => ({ value: [value] })));
    expect(validate(schema, 7)).toEqual({ ok: true, value: [7] });
  });

  it("is not heard about what is unknown at preview", () => {
    const answer = () => ({ issues: [{ message: "no URL", path: ["server"] }] });
    expect(issuesOf(answer, { server: UNKNOWN })).toEqual([]);
    expect(issuesOf(answer, { server: "x" })).toHaveLength(1);
  });

  it("has to answer at once", () => {
    expect(issuesOf(() => Promise.resolve({ value: 1 }), 1)).toEqual([
      { path: [], message: "cannot be checked: its schema does not answer at once" },
    ]);
  });
});

it("a schema of zod is taken as it is", () => {
  const schema = z.strictObject({ port: z.int() });
  expect(asZod(schema)).toBe(schema);
});
