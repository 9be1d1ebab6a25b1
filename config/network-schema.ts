/** The schema of the `network:` section. */
import { z } from "zod";
import { suggest, UNKNOWN } from "../validation";

/** The schema of the section, in `stagecraft.yml` and in stack configuration (spec: Config Schema). */
export const networkSchema = z
  .strictObject({
    /** Id of the network provider to use: `tailscale`, `headscale`, or one of a third party. */
    provider: z.string().min(1),
    /**
     * For a network provider that is not built in: the module whose import registers it, an npm package or a path from
     * the program's folder (`./nebula.js`). It stands here, and not in the provider's block, because it is needed
     * before that provider can read its block. Default: none, the provider is built in.
     */
    module: z.string().min(1).optional(),
    /** A block for each provider, by id. Only the chosen one is read, by that provider. */
    providers: z.record(z.string(), z.unknown()),
  })
  .superRefine(({ provider, providers }, context) => {
    if (provider === UNKNOWN || Object.hasOwn(providers, provider)) return;
    const near = suggest(provider, Object.keys(providers));
    if (near === undefined) {
      const message = `missing; this block holds the configuration of the chosen network provider`;
      context.addIssue({ code: "custom", path: ["providers", provider], message });
    } else {
      const message = `"${provider}" has no block under providers; did you mean "${near}"?`;
      context.addIssue({ code: "custom", path: ["provider"], message });
    }
  });
