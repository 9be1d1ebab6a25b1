import { describe, expect, it } from "@jest/globals";
import { failureOf, secretsOf } from "../../../transport/failure";

describe("an error of a host", () => {
  const fail = failureOf("web-1", ["hunter22", undefined]);
  const details = { kind: "host-unreachable", message: "no hunter22", remedy: "Change hunter22." } as const;

  it("holds no secret in its texts", () => {
    expect(fail(details).message).toBe("web-1: host unreachable: no [redacted]. Change [redacted].");
  });

  it("keeps its cause, unless that holds a secret", () => {
    const harmless = new Error("refused");
    expect(fail({ ...details, cause: harmless }).cause).toBe(harmless);
    const cause = fail({ ...details, cause: new Error("as hunter22") }).cause as Error;
    expect(cause.message).toBe("as [redacted]");
    expect(cause.stack).not.toContain("hunter22");
    expect(fail({ ...details, cause: "hunter22" }).cause).toEqual(new Error("[redacted]"));
  });
});

describe("the secrets of a connection", () => {
  it("are those of the host and of its jump host", () => {
    const connection = {
      host: "a",
      password: "one",
      privateKey: "two",
      proxy: { host: "b", privateKeyPassword: "three" },
    };
    expect(secretsOf(connection).filter((secret) => secret !== undefined)).toEqual(["one", "two", "three"]);
    expect(secretsOf("local")).toEqual([]);
  });
});
