/** The /24 of a lab: which ones to try, and who has which address in it. */
import { createHash } from "node:crypto";

/** The first three octets, as in "10.213.7". */
export type Subnet = string;

/** All candidates, beginning with one that depends on the lab's name, so that two labs seldom want the same. */
export function candidateSubnets(lab: string): Subnet[] {
  const start = createHash("sha256").update(lab).digest().readUInt8(0);
  return Array.from({ length: 256 }, (_, i) => `10.213.${(start + i) % 256}`);
}

export const cidr = (subnet: Subnet): string => `${subnet}.0/24`;
/** Headscale, its relay and its STUN server. */
export const controlAddress = (subnet: Subnet): string => `${subnet}.1`;
/** The package mirror. */
export const mirrorAddress = (subnet: Subnet): string => `${subnet}.2`;
/** Host number `n`, counted from 1. */
export const hostAddress = (subnet: Subnet, n: number): string => `${subnet}.${FIRST_HOST + n}`;

/** A fixed one for each address: neighbours remember it, and would lose a host that comes back with another. */
export function macAddress(address: string): string {
  return ["02", "00", ...address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"))].join(
    ":",
  );
}

const FIRST_HOST = 10;
/** As many hosts as fit between the servers and the broadcast address. */
export const MAX_HOSTS = 240;
