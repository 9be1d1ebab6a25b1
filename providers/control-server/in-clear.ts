/** Where a key would travel unencrypted. Pure. */

/** True for a URL of plain http, unless it names this machine itself; false for what is no URL. */
export function isInClear(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol === "https:") return false;
  return !(hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname));
}
