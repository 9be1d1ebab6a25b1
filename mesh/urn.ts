/** The URN of a host's resource, and the short form that the state holds, twice: without its constant part. Pure. */

/** A dynamic resource, which needs no plugin: what `pulumi.dynamic.Resource` would make of the module `mesh`. */
export const TYPE = "pulumi-nodejs:dynamic/mesh:Host";

/** What the engine knows `progressUrn` as: a property whose name begins like this is shown to nobody. */
export const HIDDEN_URN = "__urn";

export function shortUrn(urn: string): string {
  return urn.replace(`${TYPE}::`, "~::");
}

/** The URN of a short form; one that is whole stays as it is. */
export function wholeUrn(text: string): string {
  return text.replace(/(?<=[$:])~::/, `${TYPE}::`);
}
