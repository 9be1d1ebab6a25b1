/** A host as it is declared, wherever that stands: in the stack's state, or in configuration. */
import { resolveTags, selectProvider, type HostEntry, type Network } from "../../config";
import { tagDefaultsSchema } from "../../config/tag-defaults";
import type { DeclaredHost } from "../../mesh/look/look";
import { stateSchema } from "../../mesh/state";
import type { Connection } from "../../transport";
import { parseWith } from "../../validation";

export type { DeclaredHost };

/** The hosts of a command, and where they were found. */
export interface Declared {
  /** For people: `stack prod`, `hosts.yml`. */
  readonly from: string;
  readonly hosts: readonly DeclaredHost[];
}

/** The hosts of a configuration, by node name. */
export function declareHosts(
  network: Network,
  entries: Readonly<Record<string, HostEntry<Connection>>>,
): DeclaredHost[] {
  const { id: provider, block, module } = selectProvider(network);
  const config = block as Record<string, unknown>;
  const { default_tags: defaultTags, role_tags: roleTags } = parseWith(
    tagDefaultsSchema,
    block,
    `network.providers.${provider}`,
  );
  return Object.entries(entries).map(
    ([name, { aliases: _aliases, roles, tags, keyExpiry: expiry, ...entry }]) => {
      const all = resolveTags({ defaultTags, roleTags, roles, tags, host: name });
      const declared = { ...entry, expiry, name, provider, module, config, tags: all };
      return { ...stateSchema.parse(declared), recorded: false };
    },
  );
}
