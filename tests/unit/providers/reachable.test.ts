/** A change at the control server stays when the host can be reached after it, by whichever way; else it is taken back. */
import { expect, it } from "@jest/globals";
import { MeshError } from "../../../errors";
import { createContext } from "../../../providers";
import { mustStayReachable } from "../../../providers/tailnet/guard/reachable";
import { fakeSession } from "./fake-session";

const cut = new MeshError({ kind: "host-unreachable", host: "web-1", message: "cut", remedy: "None." });

/** Settles as told, call by call; says whether the change was taken back. */
async function play(...settled: readonly (MeshError | "settled")[]) {
  const calls = [...settled];
  let undone = 0;
  const ctx = createContext(fakeSession(), { env: {} });
  const settle = () => {
    const next = calls.shift()!;
    return next === "settled" ? Promise.resolve(next) : Promise.reject(next);
  };
  const undo = () => Promise.resolve(void (undone += 1));
  const outcome: unknown = await mustStayReachable(ctx, "web-1", settle, { change: "a change", undo }).catch(
    (error: unknown) => error,
  );
  return { outcome, undone };
}

it("a change that cuts the connection stays when another one comes about", async () => {
  expect(await play(cut, "settled")).toEqual({ outcome: "settled", undone: 0 });
});

it("a change after which nothing is answered any more is taken back", async () => {
  const { outcome, undone } = await play(cut, cut);
  expect(outcome).toMatchObject({ kind: "would-lock-out" });
  expect(undone).toBe(1);
});
