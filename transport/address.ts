/** The forms in which people write where a host is, and the one that a connection takes. */

/** What somebody meant by a host that is more than an address. */
interface Meant {
  readonly host: string;
  readonly port?: string;
  readonly user?: string;
}

/**
 * Pure: what is wrong with `text` as the host of a connection, and how to write it; undefined for an address: a name, an
 * IP, or an alias of SSH's own configuration. Never repeats the whole: a URL can hold a password.
 */
export function explainAddress(text: string): string | undefined {
  const address = text.trim();
  if (address === "") return "is empty; write a name or an IP address";
  if (/^-|[\s\p{Cc}]/u.test(address)) return "is not an address; write a name or an IP address";
  const meant = read(address);
  if (address === text && meant.host === address) return undefined;
  const { host, port, user } = meant;
  const fields = [
    `host: ${JSON.stringify(host)}`,
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...(user === undefined ? [] : [`user: ${JSON.stringify(user)}`]),
  ];
  const what = address === text ? "is more than an address" : "has white space around it";
  return `${what}; write ${fields.join(", ")}`;
}

/** `[scheme://][user[:password]@]host[:port][/path]`, where an IPv6 address may stand in brackets. */
function read(address: string): Meant {
  const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(address);
  const rest = isUrl ? address.replace(/^[^/]*\/\//, "").replace(/\/.*$/s, "") : address;
  const at = rest.lastIndexOf("@");
  const user = at === -1 ? undefined : rest.slice(0, at).split(":")[0];
  const place = rest.slice(at + 1);
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(place) ?? /^([^:]+):(\d+)$/.exec(place);
  const [, host = place, port] = bracketed ?? [];
  return { host, port, ...(user === undefined || user === "" ? {} : { user }) };
}
