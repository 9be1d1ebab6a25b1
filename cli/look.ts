/** Looks at all hosts at once, as far as connections go, and says how it goes. */
import type { Level } from "../providers";
import type { Declared } from "./hosts";
import { openLive, SILENT } from "./show/live";
import type { Terminal } from "./show/terminal";
import { lookAt, type Look, type LookOptions } from "../mesh/look/look";

export interface LookAllOptions extends Pick<LookOptions, "prerequisites"> {
  readonly terminal: Terminal;
  /** No progress at all: a program reads the result. */
  readonly silent: boolean;
  /** The nodes to which links from a host are measured. */
  readonly linksOf?: (host: string) => readonly string[];
  /** What stands behind a host's name when it was looked at. */
  readonly summarize: (look: Look) => { readonly level: Level; readonly text: string };
}

/** In the order in which the hosts were declared. */
export async function lookAtAll(
  { hosts }: Declared,
  { terminal, silent, linksOf, summarize, prerequisites }: LookAllOptions,
): Promise<Look[]> {
  const live = silent
    ? SILENT
    : openLive(
        hosts.map(({ name }) => name),
        terminal,
      );
  try {
    return await Promise.all(
      hosts.map(async (host) => {
        const look = await lookAt(host, {
          prerequisites,
          links: linksOf?.(host.name),
          progress: (text) => live.step(host.name, text),
          env: process.env,
        });
        const { level, text } = summarize(look);
        live.done(host.name, level, text);
        return look;
      }),
    );
  } finally {
    live.end();
  }
}
