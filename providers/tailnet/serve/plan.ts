/** Pure: what has to be done so that a node serves what is declared, and no more what was. Others' ports stay. */
import type { Protocol, Served } from "../../../serve";
import type { ServeConfig } from "../probe/serve";
import { difference, isSame, servedAt, shown, type Actual } from "./compare";
import { withoutFormerNames } from "./former-name";

export interface ServeChange {
  /** The ports that the declaration has. */
  readonly ours: readonly Served[];
  /** Those that it had. */
  readonly former: readonly Served[];
}

/** One command of the client. */
export type ServeStep =
  | { readonly act: "off"; readonly protocol: Protocol; readonly port: number }
  | ({ readonly act: "serve" | "funnel" } & Pick<Served, "protocol" | "port" | "to">);

export interface ServePlan {
  /** The configuration to begin with, where ours stands under a former name of the node. */
  readonly cleaned?: ServeConfig;
  readonly steps: readonly ServeStep[];
  /** What a user should know, a sentence each. */
  readonly warnings: readonly string[];
}

export function planServe(config: ServeConfig, fqdn: string, { ours, former }: ServeChange): ServePlan {
  const cleaned = withoutFormerNames(config, fqdn, [...ours, ...former]);
  const at = (port: number) => servedAt(cleaned, fqdn, port);
  const dropped = former.filter(({ port }) => !ours.some((each) => each.port === port));
  const ports = [...new Set(dropped.map(({ port }) => port))];
  const gone = ports.map((port) =>
    drop(
      dropped.filter((each) => each.port === port),
      at(port),
    ),
  );
  const set = ours
    .filter((each) => difference(each, at(each.port), fqdn) !== undefined)
    .map((each) => put(each, at(each.port), former));
  return {
    ...(cleaned === config ? {} : { cleaned }),
    steps: [...gone, ...set].flatMap(({ steps }) => steps),
    warnings: [...gone, ...set].flatMap(({ warnings }) => warnings),
  };
}

type Part = Pick<ServePlan, "steps" | "warnings">;

/** One that leads elsewhere by now is somebody's. After a run that broke off it may be as it was declared before that, or in it. */
function drop(former: readonly Served[], actual: Actual | undefined): Part {
  const [{ port } = { port: 0 }] = former;
  if (actual === undefined) return { steps: [], warnings: [] };
  const { protocol } = actual;
  if (former.some((each) => each.protocol === protocol && isSame(actual.to ?? "", each.to)))
    return { steps: [{ act: "off", protocol, port }], warnings: [] };
  return {
    steps: [],
    warnings: [
      `port ${port} serves something else than was declared (${told(actual)}), and was left as it is`,
    ],
  };
}

/** What is spoken at a port is changed only when nothing is served there. */
function put(wanted: Served, actual: Actual | undefined, former: readonly Served[]): Part {
  const { protocol, port, to, funnel } = wanted;
  const isForeign = actual?.to !== undefined && !former.some((each) => each.port === port);
  const taken = actual !== undefined && actual.protocol !== protocol;
  return {
    steps: [
      ...(taken ? [{ act: "off", protocol: actual.protocol, port } as const] : []),
      { act: funnel ? "funnel" : "serve", protocol, port, to },
    ],
    warnings:
      isForeign && !(isSame(actual.to, to) && !taken)
        ? [`port ${port} was served by somebody else (${told(actual)}); it serves what is declared now`]
        : [],
  };
}

const told = ({ protocol, to }: Actual) => `${protocol}${to === undefined ? "" : ` to ${shown(to)}`}`;
