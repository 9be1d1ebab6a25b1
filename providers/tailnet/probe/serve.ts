/** What a probe tells of the ports that a node serves: the client's own configuration, whoever made it. */
import { z } from "zod";

const optional = <T extends z.ZodType>(schema: T) => schema.nullish();

const handlerSchema = z.looseObject({ Proxy: optional(z.string()) });

/** Keeps what it does not know, for it is written back. */
const configSchema = z.looseObject({
  /** By port. */
  TCP: optional(
    z.record(
      z.string(),
      z.looseObject({
        HTTPS: optional(z.boolean()),
        HTTP: optional(z.boolean()),
        TCPForward: optional(z.string()),
        /** The node's FQDN. */
        TerminateTLS: optional(z.string()),
      }),
    ),
  ),
  /** By FQDN and port, as the node was called when it was told to. */
  Web: optional(
    z.record(z.string(), z.looseObject({ Handlers: optional(z.record(z.string(), handlerSchema)) })),
  ),
  /** By FQDN and port. */
  AllowFunnel: optional(z.record(z.string(), z.boolean())),
});
export type ServeConfig = z.output<typeof configSchema>;

export interface ServeStatus {
  /** As the client printed it. */
  readonly text: string;
  readonly config: ServeConfig;
}

/** Pure: the section `serve` of a probe; undefined for what is not readable. A client that serves nothing prints `{}` or `null`. */
export function parseServe(text: string | undefined): ServeStatus | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return { text, config: configSchema.parse(JSON.parse(text) ?? {}) };
  } catch {
    return undefined;
  }
}
