import { describe, expect, it } from "@jest/globals";
import { resolveTags } from "../../../config";
import { tagDefaultsSchema } from "../../../config/tag-defaults";
import { parseWith, UNKNOWN } from "../../../validation";
import { mustRefuse } from "./support";

const roleTags = { db: ["tag:db", "tag:backup"], web: ["tag:web"], batch: [] };

describe("resolveTags", () => {
  it("unites default, role and own tags, sorted and without duplicates", () => {
    expect(
      resolveTags({ defaultTags: ["tag:prod"], roleTags, roles: ["web", "db"], tags: ["tag:web", "tag:a"] }),
    ).toEqual(["tag:a", "tag:backup", "tag:db", "tag:prod", "tag:web"]);
    expect(resolveTags({})).toEqual([]);
  });

  it("takes a role with an empty list as one without tags", () => {
    expect(resolveTags({ roleTags, roles: ["batch"] })).toEqual([]);
  });

  it("refuses a role that role_tags does not know, for a typo would drop a tag", () => {
    expect(
      mustRefuse(() => resolveTags({ roleTags, roles: ["dbb"], host: "plat-db-1" })),
    ).toMatchInlineSnapshot(
      `"plat-db-1: invalid config: roles[0]: "dbb" is not in role_tags; did you mean "db"? Correct the role, or add it to role_tags, with an empty list when it has no tags."`,
    );
    expect(mustRefuse(() => resolveTags({ roleTags, roles: ["wbe", "db", "toString"] })))
      .toMatchInlineSnapshot(`
      "invalid config: 2 mistakes
        - roles[0]: "wbe" is not in role_tags; did you mean "web"?
        - roles[2]: "toString" is not in role_tags; known roles: db, web, batch
      Correct the role, or add it to role_tags, with an empty list when it has no tags."
    `);
  });

  it("takes any role where no role has tags", () => {
    expect(resolveTags({ roleTags: {}, roles: ["db"], tags: ["tag:a"] })).toEqual(["tag:a"]);
  });

  it("lets unknown values pass", () => {
    expect(resolveTags({ roleTags, roles: [UNKNOWN], tags: [UNKNOWN] })).toEqual([UNKNOWN]);
  });
});

describe("tagDefaultsSchema", () => {
  it("reads its two keys of any block", () => {
    const block = { default_tags: ["tag:prod"], role_tags: { db: ["tag:db"] }, other: 1 };
    expect(parseWith(tagDefaultsSchema, block, "x")).toEqual(block);
    expect(parseWith(tagDefaultsSchema, {}, "x")).toEqual({ default_tags: [], role_tags: {} });
  });

  it("refuses wrong tags", () => {
    const block = { default_tags: ["prod"], role_tags: { db: "tag:db" } };
    expect(mustRefuse(() => parseWith(tagDefaultsSchema, block, "network.providers.headscale")))
      .toMatchInlineSnapshot(`
      "invalid config: 2 mistakes
        - network.providers.headscale.default_tags[0]: tag "prod" must start with "tag:"; write "tag:prod"
        - network.providers.headscale.role_tags.db: expected a list, got string
      Correct them and run again."
    `);
  });
});
