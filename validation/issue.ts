/** What is reported of a mistake. */

/** Where in a value: keys and indexes from the outside in. */
export type Path = readonly (string | number)[];

/** One mistake in a value: where it is and what is wrong with it. */
export interface ValidationIssue {
  readonly path: Path;
  /** Lower-case, without the path, and without the value unless the schema's own message quotes it. */
  readonly message: string;
}
