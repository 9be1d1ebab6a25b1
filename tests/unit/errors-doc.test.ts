/** docs/errors.md against the code: a row for every kind, and each example is what the code says in that case. */
import { expect, it } from "@jest/globals";
import { parseHosts } from "../../config";
import { isMeshError, type ErrorKind, type MeshError } from "../../errors";
import {
  createContext,
  get,
  register,
  type EnsureJoinedOptions,
  type Holding,
  type Siblings,
} from "../../providers";
import { connectionSchema } from "../../transport/schema";
import { commandErrors } from "../../transport/exec/errors";
import { explainRefusal } from "../../transport/exec/refusal";
import { failureOf } from "../../transport/failure";
import { explainDial, type DialReport } from "../../transport/ssh/dial-failure";
import { objectTo } from "../../transport/ssh/expected-key";
import { readPage } from "../support/pages";
import { fakeSession } from "./providers/fake-session";
import { probeOutput, type ProbeParts } from "./providers/probe-output";

const PAGE = "docs/errors.md";
const CONFIG = { tailnet_domain: "demo.mesh", auth_key_env: "HS_AUTHKEY" };
const HEADSCALE = { ...CONFIG, login_server: "https://headscale.demo.lab" };
const HOST = "web-1";

/** The host answers the probe, then the login, as given. */
function join(before: ProbeParts, after?: ProbeParts & { readonly output: string }, key = "hskey-auth-0123") {
  const outputs = [probeOutput(before)];
  if (after !== undefined) outputs.push(probeOutput({ ...after, run: { code: 1, output: after.output } }));
  const ctx = createContext(fakeSession(...outputs), { env: { HS_AUTHKEY: key } });
  return get("headscale").ensureJoined(ctx, { config: HEADSCALE, host: HOST, tags: ["tag:web"] });
}

/** A login that fails with this output. */
const login = (output: string, health: string[] = []) =>
  join({ backendState: "NeedsLogin" }, { output, health, backendState: "NeedsLogin" });

function install(output: string, method: "auto" | "skip") {
  const config = { ...HEADSCALE, install: { method } };
  const ctx = createContext(fakeSession(output), { env: {} });
  return get("headscale").ensureInstalled(ctx, { config, host: HOST });
}

const fail = failureOf(HOST, []);

function dial(report: Partial<DialReport>): never {
  const base = { target: "admin@203.0.113.8:22", timeoutMs: 15_000, loggingIn: true, banner: "" };
  const { details, reason } = explainDial({ ...base, tried: [], accepted: [], ...report });
  throw fail({ ...details, message: reason });
}

const keyOf = (text: string) =>
  `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${text.repeat(32).slice(0, 32)}`).toString("base64")}`;

function hostKeyMismatch(): never {
  const expected = { source: "pinned", keys: [keyOf("a")], revoked: [], name: HOST, policy: "pin" } as const;
  throw fail({ kind: "host-key-mismatch", ...objectTo(keyOf("b"), expected)! });
}

function refusedSudo(): never {
  const words = "sudo: a password is required";
  const seen = { user: "admin", group: "admin", noSudo: false, asked: 0, exit: { code: 1 }, words, argv: [] };
  throw fail({ kind: "not-permitted", ...explainRefusal(seen) });
}

const LOCKED_OUT =
  "this node is locked out; it will not have connectivity until it is signed. For more info, see https://tailscale.com/s/locked-out";
const MAC = "02:00:00:00:00:01";
const MACHINE = { mac: MAC };
const MARK = "declaration=d-1\nlabel=urn:pulumi:prod::shop::pulumi-nodejs:dynamic/mesh:Host::web-1\n";

/** Another declaration of the same program. */
const besides = (holding: Omit<Holding, "label">): Siblings => ({
  others: () => [{ label: "mesh-db-1", ...holding }],
  hold: () => undefined,
});

/** A joined host, as one of several declarations meets it. */
function asDeclared(parts: ProbeParts, options: Partial<EnsureJoinedOptions>): Promise<unknown> {
  const context = createContext(fakeSession(probeOutput(parts)), { env: {} });
  return get("headscale").ensureJoined(context, { config: HEADSCALE, host: HOST, tags: [], ...options });
}

/** Each kind, made by the code as a user would meet it. */
const CASES: Readonly<Record<ErrorKind, () => unknown>> = {
  "invalid-config": () =>
    parseHosts({ "db-1": { tags: ["prod"] } }, { connectionSchema, at: "my-project:hosts" }),
  "unknown-provider": () => get("tailscle"),
  registration: () => register(get("tailscale")),
  "host-unreachable": () => dial({ error: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) }),
  "host-key-mismatch": hostKeyMismatch,
  "authentication-failed": () =>
    dial({
      error: Object.assign(new Error("failed"), { level: "client-authentication" }),
      tried: ["privateKeyPath"],
      accepted: ["publickey"],
    }),
  "not-permitted": refusedSudo,
  "timed-out": () => {
    throw commandErrors(fail, "install").timedOut(900_000);
  },
  "unsupported-os": () =>
    install(probeOutput({ withoutClient: true, os: "ID=nixos\nPRETTY_NAME=NixOS" }), "auto"),
  "install-failed": () => install(probeOutput({ active: "inactive" }), "skip"),
  "key-missing": () => join({ backendState: "NeedsLogin" }, undefined, ""),
  "key-invalid": () => login("backend error: invalid key: API key not valid"),
  "key-expired": () => login("backend error: authkey expired"),
  "key-used": () => login("backend error: authkey already used"),
  "control-server": () =>
    login("", ['fetch control key: Get "https://headscale.demo.lab/key?v=125": connection refused']),
  "peer-unreachable": () => {
    const output = `#:peers\ndb-1.demo.mesh. port acl \n${probeOutput()}`;
    return get("headscale").verify!(createContext(fakeSession(output), { env: {} }), {
      ...{ config: HEADSCALE, host: HOST, peers: ["db-1"], port: 5432 },
    });
  },
  "wrong-tailnet": () => join({ prefs: { ControlURL: "https://controlplane.tailscale.com" } }),
  "tag-refused": () => join({ tags: ["tag:app"] }),
  "name-taken": () => join({ tags: ["tag:web"], dnsName: "web-1-1.demo.mesh." }),
  "approval-needed": () => join({ backendState: "NeedsMachineAuth" }),
  "locked-out": () => join({ tags: ["tag:web"], health: [LOCKED_OUT] }),
  "held-elsewhere": () => asDeclared({ mark: MARK }, { declaration: { id: "d-2", label: "mesh-web-1" } }),
  "declared-twice": () => asDeclared({ machine: MACHINE }, { siblings: besides({ machine: { mac: MAC } }) }),
  cloned: () =>
    asDeclared(
      { machine: { mac: "02:00:00:00:00:02" } },
      { siblings: besides({ nodeId: "7", loginServer: HEADSCALE.login_server, machine: { mac: MAC } }) },
    ),
  "logged-out": () => login("", ["weird: regen=true but server says NodeKeyExpired: nodekey:aa"]),
  "would-lock-out": async () => {
    const riding = probeOutput({ peer: "203.0.113.5 50000 100.64.0.7 22" });
    const session = fakeSession(riding, "#:guard\ndone\n", "#:guard\nrestored\n");
    const options = { config: HEADSCALE, host: HOST, tags: [], flags: { "shields-up": true } };
    await get("headscale").ensureJoined(createContext(session, { env: {} }), options);
  },
  "join-failed": () => login("backend error: internal server error"),
};

async function errorOf(make: () => unknown): Promise<MeshError> {
  try {
    await make();
  } catch (error) {
    if (isMeshError(error)) return error;
    throw error;
  }
  throw new Error("there was no error");
}

/** The rows of the page by kind: the example, and what to do, which printed together are the error. */
const rows = new Map(
  readPage(PAGE)
    .split("\n")
    .flatMap((line) => {
      const [, kind, example = "", , remedy = ""] = line.split(/ *(?<!\\)\| */);
      const name = /^`([a-z-]+)`$/.exec(kind ?? "")?.[1];
      return name === undefined
        ? []
        : [[name, { example: example.replace(/^`(.*)`$/, "$1"), remedy }] as const];
    }),
);

it(`${PAGE} has a row for every kind, and none for another`, () => {
  expect([...rows.keys()]).toEqual(Object.keys(CASES));
});

it.each(Object.keys(CASES) as ErrorKind[])(
  "%s: the example is what the code says, word for word",
  async (kind) => {
    const error = await errorOf(CASES[kind]);
    expect(error.kind).toBe(kind);
    const { example, remedy } = rows.get(kind) ?? { example: "", remedy: "" };
    expect(remedy).toBe(error.remedy);
    expect(`${example}${/[.?!]$/.test(example) ? "" : "."} ${remedy}`).toBe(error.message);
  },
);
