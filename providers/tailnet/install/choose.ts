/** Pure: which way installs the client on a host, and why. */
import type { HostFacts, OsRelease } from "../probe/facts";
import { apt } from "./apt";
import { distribution } from "./distribution";
import { push } from "./push";
import { rpm } from "./rpm";
import { findSystem, type System } from "./systems";
import { tarball } from "./tarball";
import type { InstallSettings, InstallWay, Unfit } from "./way";

export interface Choice {
  readonly ok: true;
  readonly way: InstallWay;
  /** Why this one, in a few words: `Debian 12`, `install.method is tarball`. */
  readonly reason: string;
}

/** The way for this host; or why there is none. Never asked with `install.method: skip`. */
export function chooseWay(facts: HostFacts, { method }: InstallSettings): Choice | Unfit {
  const system = findSystem(facts);
  if (method === "tarball" || method === "push") {
    if (system.kind === "unsupported" && !system.tarballWorks) return refuse(facts, system);
    return { ok: true, way: method === "push" ? push : tarball, reason: `install.method is ${method}` };
  }
  if (system.kind === "unsupported") return refuse(facts, system);
  const found = repositoryOf(facts, system);
  if (found.ok) return found;
  if (method === "auto") return { ok: true, way: tarball, reason: found.reason };
  return {
    ok: false,
    kind: "unsupported-os",
    reason: `no package repository fits ${facts.os.title}: ${found.reason}`,
    remedy: "Set install.method to tarball, or to auto.",
  };
}

/** The way that drives the system's packages; only a reason where it has none or the host lacks the program. */
function repositoryOf(
  { os, managers }: HostFacts,
  system: System,
): Choice | { readonly ok: false; readonly reason: string } {
  switch (system.kind) {
    case "apt":
      if (!managers.includes("apt")) return { ok: false, reason: "the host has no apt" };
      return { ok: true, way: apt(system.path, system.suite), reason: shortName(os) };
    case "rpm": {
      const manager = system.managers.find((each) => managers.includes(each));
      if (manager === undefined)
        return { ok: false, reason: `the host has no ${system.managers.join(" and no ")}` };
      return { ok: true, way: rpm(manager, system.path), reason: shortName(os) };
    }
    case "distribution":
      if (!managers.includes(system.manager))
        return { ok: false, reason: `the host has no ${system.manager}` };
      return { ok: true, way: distribution(system.manager), reason: shortName(os) };
    default:
      return { ok: false, reason: system.reason };
  }
}

function refuse({ os }: HostFacts, { reason, remedy }: Extract<System, { kind: "unsupported" }>): Unfit {
  return {
    ok: false,
    kind: "unsupported-os",
    reason: `no way to install the client on ${os.title}: ${reason}`,
    remedy,
  };
}

/** Pure: `Debian 12` for "Debian GNU/Linux" of the version 12. */
export function shortName({ name, title, version }: OsRelease): string {
  const short = name.replace(/ (GNU\/)?Linux$/, "") || title;
  return version === "" || name === "" ? short : `${short} ${version}`;
}
