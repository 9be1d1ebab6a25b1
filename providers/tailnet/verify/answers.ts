/** Pure: how far each peer came, as the script on the host prints it. */
import { excerpt } from "../../../excerpt";

export interface Answer {
  /** `ping`: nothing answered over the mesh; `port`: the node did, its port not; `self`: it is the host itself. */
  readonly stage: "ok" | "ping" | "port" | "self";
  /** Why the peer rejects the connection, as it told the host's client (`acl`, `shields`); undefined when it did not. */
  readonly rejected?: string;
  /** The client's last words. */
  readonly said: string;
}

/** Whether the port itself has said no: there is a way to it. */
export const isRefused = ({ said }: Pick<Answer, "said">): boolean => /refused/.test(said);

/** By what the script was given. What it tells nothing of did not answer. */
export function parseAnswers(text: string): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const line of text.split("\n")) {
    const [, peer = "", stage, why, said = ""] =
      /^(\S+) (ok|ping|port|self) (-|[a-z-]+) ?(.*)$/.exec(line) ?? [];
    if (stage === undefined) continue;
    const rejected = why === "-" ? undefined : why;
    answers.set(peer, { stage: stage as Answer["stage"], rejected, said: excerpt(said) });
  }
  return answers;
}
