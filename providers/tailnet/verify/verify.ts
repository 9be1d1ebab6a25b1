/** Waits until a host's peers answer over the mesh; an error says what is in the way. */
import { isMeshError, MeshError } from "../../../errors";
import type { Verification } from "../../../verify";
import type { ApiNode } from "../../control-server/api";
import { hostScript } from "../scripts";
import type { Target } from "../target";
import { parseAnswers, type Answer } from "./answers";
import { causeOf, type Listed } from "./cause";
import { askPolicy } from "./policy";

const DEADLINE_S = 60;
/** For what is under way at the deadline: without the program `timeout` the system gives a connection up after two minutes. */
const REST_S = 150;

/** One exec, which waits on the host itself. Throws peer-unreachable. */
export async function verify(
  target: Target,
  { peers, port, deadline = DEADLINE_S }: Verification,
): Promise<void> {
  const { host, ctx, network } = target;
  const asked = new Map(peers.map((peer) => [addressOf(peer, network.domain), peer]));
  ctx.progress(
    `waiting for ${[...asked.values()].join(", ")} to answer over the mesh, ${deadline} s at most`,
  );
  const { sections, facts } = await target.run({
    label: "verify",
    script: hostScript("verify"),
    args: [String(deadline), port === undefined ? "" : String(port), ...asked.keys()],
    readOnly: true,
    timeoutMs: (deadline + REST_S) * 1000,
  });
  const answers = parseAnswers(sections.get("peers") ?? "");
  const missing = [...asked].flatMap(([address, peer]) => {
    const answer: Answer = answers.get(address) ?? { stage: "ping", said: "" };
    return answer.stage === "ok" ? [] : [{ address, peer, answer }];
  });
  if (missing.length === 0) return;
  const self = missing.find(({ answer }) => answer.stage === "self");
  if (self !== undefined) throw isItself(host, self.peer);
  const nodes = await listed(target);
  const silent = missing.map((each) => ({ ...each, node: nodeAt(nodes, each.address) }));
  const own = nodes?.find(({ nodeId }) => nodeId === facts.status?.Self?.ID);
  const policyOn = await askPolicy(target.api, own, silent, port);
  const causes = silent.map((each) => ({
    peer: each.peer,
    ...causeOf(each.peer, each.answer, stateOf(nodes, each.node), port, policyOn(each)),
  }));
  throw new MeshError({
    kind: "peer-unreachable",
    host,
    message: `it has joined, and within ${deadline} s ${causes.map(({ peer, text }) => `${peer} did not answer: ${text}`).join("; ")}`,
    remedy: `${[...new Set(causes.map(({ remedy }) => remedy))].join(". ")}. Then run \`pulumi up\` again.`,
  });
}

/** As the client finds it in its network map, without DNS: by the FQDN with a final dot, or by an address. */
function addressOf(peer: string, domain: string): string {
  const name = peer.toLowerCase();
  if (name.includes(":") || /^[\d.]+$/.test(name)) return name;
  return name.includes(".") ? `${name}.` : `${name}.${domain}.`;
}

/** Undefined without an API, or when it does not answer: the host's own words have to do then. */
async function listed({ api }: Target): Promise<readonly ApiNode[] | undefined> {
  try {
    return await api?.listNodes();
  } catch (error) {
    if (isMeshError(error)) return undefined;
    throw error;
  }
}

function nodeAt(nodes: readonly ApiNode[] | undefined, address: string): ApiNode | undefined {
  const [name = "", ...domain] = address.split(".").slice(0, -1);
  return nodes?.find(
    (node) =>
      node.addresses.includes(address) ||
      (node.fqdn === undefined ? domain.length > 0 && node.name === name : `${node.fqdn}.` === address),
  );
}

function stateOf(nodes: readonly ApiNode[] | undefined, node: ApiNode | undefined): Listed {
  if (nodes === undefined) return "unknown";
  if (node === undefined) return "no";
  return node.online ? "online" : "offline";
}

function isItself(host: string, peer: string): MeshError {
  return new MeshError({
    kind: "invalid-config",
    host,
    message: `verify.peers names ${peer}, which is the host itself`,
    remedy: "Name other nodes there.",
  });
}
