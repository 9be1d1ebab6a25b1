/** What is in a package of the client: names, paths and scripts of the official ones, as nfpm's configuration. */
import { join } from "node:path";
import { stringify } from "yaml";
import { KEYRING_PACKAGE } from "./keyring";

/** nfpm's names of the package formats. */
export type Format = "deb" | "rpm" | "archlinux";

export interface Parts {
  /** The folder of the built client, with its service file. */
  readonly built: string;
  /** The client's source, with the scripts of its packages. */
  readonly source: string;
  /** The secret key that signs an rpm from within; other formats are signed from outside. */
  readonly signingKey: string;
}

/** This machine's architecture in Debian's words; hosts have the same. */
export const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;

/** The same in the words of rpm and pacman. */
export const MACHINE = process.arch === "x64" ? "x86_64" : "aarch64";

/** Where Debian's and where everyone else's packages put services. */
const SERVICE_FOLDERS = {
  deb: "/lib/systemd/system",
  rpm: "/usr/lib/systemd/system",
  archlinux: "/usr/lib/systemd/system",
};

/**
 * The configuration of one package. The official rpm depends on iptables and iproute; this one on nothing, since the
 * rpm database of a host whose userland is Debian's knows neither. The same goes for pacman's.
 */
export function buildPackageConfig(format: Format, version: string, parts: Parts): string {
  return stringify({
    name: "tailscale",
    arch: ARCHITECTURE,
    version,
    version_schema: "none",
    release: format === "deb" ? undefined : "1",
    section: "net",
    priority: "extra",
    maintainer: "pulumi-mesh lab <lab@localhost>",
    description: "The easiest, most secure, cross platform way to use WireGuard + oauth2 + 2FA/SSO",
    homepage: "https://www.tailscale.com",
    license: "BSD-3-Clause",
    depends: format === "deb" ? ["iptables"] : [],
    recommends: format === "deb" ? [KEYRING_PACKAGE] : [],
    conflicts: ["tailscale-relay"],
    replaces: ["tailscale-relay"],
    contents: listContents(format, parts.built),
    scripts: listScripts(format, parts),
    rpm: { signature: { key_file: format === "rpm" ? parts.signingKey : undefined } },
  });
}

function listContents(format: Format, built: string) {
  const text = (name: string, dst: string, type?: string) => {
    return { src: join(built, name), dst, type, file_info: { mode: 0o644 } };
  };
  return [
    { src: join(built, "tailscale"), dst: "/usr/bin/tailscale" },
    { src: join(built, "tailscaled"), dst: "/usr/sbin/tailscaled" },
    text("tailscaled.service", `${SERVICE_FOLDERS[format]}/tailscaled.service`),
    // "noreplace" is what rpm calls the others' only kind of configuration file.
    text("tailscaled.defaults", "/etc/default/tailscaled", format === "rpm" ? "config|noreplace" : "config"),
    ...(format === "rpm" ? [{ dst: "/var/cache/tailscale", type: "dir" }] : []),
  ];
}

/** Arch's package has no scripts. */
function listScripts(format: Format, { built, source }: Parts) {
  if (format === "archlinux") return undefined;
  const script = (step: string) =>
    format === "deb" ? join(built, `debian.${step}.sh`) : join(source, "release", "rpm", `rpm.${step}.sh`);
  return { postinstall: script("postinst"), preremove: script("prerm"), postremove: script("postrm") };
}
