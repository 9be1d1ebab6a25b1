/** When a node's key is to be renewed. */
import { expect, it } from "@jest/globals";
import { renewKeySchema } from "../../fields";
import { changedProperties } from "../../mesh/diff";
import { isRenewalDue, parseRenewKey } from "../../renew-key";

const now = new Date("2026-11-24T12:00:00Z");

it.each([
  ["14d", 14 * 24],
  ["72h", 72],
  ["90d", 90 * 24],
])("%s is a time", (text, hours) => {
  expect(parseRenewKey(text)).toBe(hours * 3600 * 1000);
});

it.each(["", "0d", "14", "14 d", "1w", "-1d", "1.5d", "91d", "9999h", "P14D"])('"%s" is none', (text) => {
  expect(parseRenewKey(text)).toBeUndefined();
  expect(renewKeySchema.safeParse(text).error?.issues).toMatchObject([
    { message: 'must be a time before the expiry, as "14d" or "72h", 90 days at most' },
  ]);
});

it("a key is renewed within that time before its expiry, and after it; never one that does not expire", () => {
  expect(isRenewalDue("2026-12-08T11:59:59Z", "14d", now)).toBe(true);
  expect(isRenewalDue("2026-12-08T12:00:00Z", "14d", now)).toBe(false);
  expect(isRenewalDue("2026-11-01T00:00:00Z", "14d", now)).toBe(true);
  expect(isRenewalDue(undefined, "14d", now)).toBe(false);
  expect(isRenewalDue("2026-11-25T00:00:00Z", undefined, now)).toBe(false);
});

it("the clock alone makes a difference, once the recorded expiry is near", () => {
  const inputs = { name: "web-1", renewKey: "14d" };
  const at = (keyExpiry: string) => changedProperties({ ...inputs, keyExpiry }, inputs, now);
  expect(at("2026-12-09T12:00:00Z")).toEqual([]);
  expect(at("2026-12-07T12:00:00Z")).toEqual(["keyExpiry"]);
  expect(
    changedProperties({ name: "web-1", keyExpiry: "2026-11-25T00:00:00Z" }, { name: "web-1" }, now),
  ).toEqual([]);
});
