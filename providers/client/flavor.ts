/** What differs between the control servers that the tailscale client can join: the only thing each provider states. */
import type { z } from "zod";
import type { ErrorKind } from "../../errors";
import type { ProviderContext } from "../contract";
import type { ClientConfig } from "./config";

/** The control server's own API, as far as a node's life needs it. Every method throws MeshErrors that name the host. */
export interface ControlServerApi {
  /** Replaces the tags of a node. Throws tag-refused when the policy does not know one. */
  setTags(nodeId: string, tags: readonly string[]): Promise<void>;
  /** Gives a node the name; throws name-taken when another node holds it. */
  rename(nodeId: string, name: string): Promise<void>;
  /** Deletes a node; true when it was there. */
  deleteNode(nodeId: string): Promise<boolean>;
  /** The nodes that hold this name: one label. */
  findByName(name: string): Promise<readonly ApiNode[]>;
}

/** A node as the control server lists it. */
export interface ApiNode {
  readonly nodeId: string;
  readonly name: string;
  readonly online: boolean;
}

export interface ClientFlavor<Config extends ClientConfig> {
  readonly id: string;
  readonly schema: z.ZodType<Config>;
  /** URL of the control server. */
  loginServer(config: Config): string;
  /** Other URLs that mean the same control server (the client knows its default one by two names). */
  readonly synonyms?: readonly string[];
  /**
   * How a node gets its tags: `request` asks for them with `--advertise-tags`, and falls back to those the key carries;
   * `key` never asks (Headscale refuses a request made with a key), they come from the key or from the API.
   */
  readonly tagsBy: "request" | "key";
  /** The API, when the configuration gives access to it. */
  openApi?(
    config: Config,
    ctx: Pick<ProviderContext, "env" | "signal">,
    host: string,
  ): ControlServerApi | undefined;
  /** Remedies of login errors that this control server needs to have explained. */
  readonly loginRemedies?: Partial<Record<ErrorKind, string>>;
  /** What to do about tags that cannot be had, as a sentence. */
  readonly tagRemedy: string;
}
