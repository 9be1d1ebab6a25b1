import { expect, it } from "@jest/globals";
import { UNKNOWN } from "../../../validation";
import { expiryWarning, renewalIssues } from "../../../mesh/key-expiry";

const now = new Date("2026-11-24T12:00:00Z");
const warn = (keyExpiry: string | undefined) => expiryWarning({ name: "web-1" }, keyExpiry, now);

it("a key that does not expire, or not within 30 days, is no matter", () => {
  expect(warn(undefined)).toBeUndefined();
  expect(warn("2026-12-24T12:00:00Z")).toBeUndefined();
  expect(warn("no date")).toBeUndefined();
});

it("a key that expires within 30 days is named with its day", () => {
  expect(warn("2026-12-24T11:59:59Z")).toMatch(
    /^web-1: the key of the node expires on 2026-12-24, in 29 days; /,
  );
  expect(warn("2026-11-25T13:00:00Z")).toContain("expires on 2026-11-25, in 1 day;");
  expect(warn("2026-11-24T11:00:00Z")).toContain("has expired on 2026-11-24;");
});

it("a key that is renewed is not warned of: what is due is drift, and what fails is said as such", () => {
  const host = { name: "web-1", renewKey: "14d" };
  expect(expiryWarning(host, "2026-11-25T13:00:00Z", now)).toBeUndefined();
});

it("a key cannot be renewed that shall never expire", () => {
  expect(renewalIssues("disabled", "14d")).toEqual([
    { path: ["renewKey"], message: expect.stringContaining("goes against keyExpiry: disabled") },
  ]);
  expect(renewalIssues(undefined, "14d")).toEqual([]);
  expect(renewalIssues("disabled", undefined)).toEqual([]);
  expect(renewalIssues("disabled", UNKNOWN)).toEqual([]);
});
