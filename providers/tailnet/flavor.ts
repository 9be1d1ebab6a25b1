/** What differs between the control servers that the tailscale client can join: the only thing each provider states. */
import type { z } from "zod";
import type { ErrorKind } from "../../errors";
import type { ProviderContext } from "../contract";
import type { ControlServerApi, KeyMaker } from "../control-server/api";
import type { TailnetConfig } from "./config";

/** What a control server does its own way, whatever the configuration. */
export interface ControlServerRules {
  readonly id: string;
  /** Other URLs that mean the same control server (the client knows its default one by two names). */
  readonly synonyms?: readonly string[];
  /**
   * How a node gets its tags: `request` asks for them with `--advertise-tags`, and falls back to those the key carries;
   * `key` never asks (Headscale refuses a request made with a key), they come from the key or from the API.
   */
  readonly tagsBy: "request" | "key";
  /** True where a tagged node that was logged out can never log in again, until it is deleted. Default false. */
  readonly logoutIsFinal?: boolean;
  /** True where a machine may log in with the identity that its own platform vouches for. Default false. */
  readonly takesMachineIdentity?: boolean;
  /**
   * Why a login does not renew the key of a node that is there, as the end of a sentence, so that only the API does; absent where it
   * does.
   */
  readonly loginRenewsNot?: string;
  /** Remedies of login errors that this control server needs to have explained. */
  readonly loginRemedies?: Partial<Record<ErrorKind, string>>;
  /** What to do about tags that cannot be had, as a sentence. */
  readonly tagRemedy: string;
  /** What to do about routes that nobody has approved, as a sentence. */
  readonly routeRemedy: string;
  /** What its nodes cannot serve, with the reason, as the end of a sentence; absent for what they can. */
  readonly cannotServe?: {
    /** What needs a certificate for the node's name. */
    readonly certificates: string;
    /** What is open to the internet. */
    readonly funnel: string;
  };
}

/** A value that was given as an auth key. */
export interface GivenKey {
  readonly value: string;
  /** The environment variable that it came from; absent for one given as an input. */
  readonly variable?: string;
  /** The tags that the host shall have. */
  readonly tags: readonly string[];
}

/** Those rules, and how a provider's own block is read. */
export interface Flavor<Config extends TailnetConfig> extends ControlServerRules {
  readonly schema: z.ZodType<Config>;
  /** URL of the control server. */
  loginServer(config: Config): string;
  /** The API, when the configuration gives access to it. Asks nobody: a bad API key shows at the first call. */
  openApi?(
    config: Config,
    ctx: Pick<ProviderContext, "env" | "signal">,
    host: string,
  ): ControlServerApi | undefined;
  /**
   * What a given key is when it is no auth key: a long-lived credential that makes the key for this login, here, and never goes
   * to a host. Undefined for an auth key. Throws key-invalid for a credential that cannot do that. Asks nobody.
   */
  openGivenKey?(
    given: GivenKey,
    config: Config,
    ctx: Pick<ProviderContext, "signal">,
    host: string,
  ): KeyMaker | undefined;
}
