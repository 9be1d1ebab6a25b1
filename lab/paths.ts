/** The files in a lab's state folder. */
import { join } from "node:path";
import { labsDir } from "./system/files";

export interface LabPaths {
  readonly root: string;
  readonly state: string;
  readonly identityFile: string;
  readonly opsPassword: string;
  readonly caFile: string;
  readonly caKey: string;
  /** The lab's authority beside those that NODE_EXTRA_CA_CERTS named before; made when it is asked for. */
  readonly caBundle: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly seed: string;
  /** The armored public key of the package mirror; hosts see it as /srv/lab/repository.asc. */
  readonly repositoryKeyFile: string;
  /** Put first on PATH: pulumi, its language host, and the like. */
  readonly bin: string;
  readonly headscale: string;
  readonly headscaleConfig: string;
  readonly policy: string;
  readonly mirrorConfig: string;
  /** One JSON line for each request that the package mirror answered. */
  readonly mirrorLog: string;
  readonly pulumi: string;
}

export function labPaths(lab: string): LabPaths {
  const root = join(labsDir(), lab);
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    state: at("state.json"),
    identityFile: at("id_ed25519"),
    opsPassword: at("ops-password"),
    caFile: at("ca.crt"),
    caKey: at("ca.key"),
    caBundle: at("ca-bundle.crt"),
    serverCertificate: at("server.crt"),
    serverKey: at("server.key"),
    seed: at("seed"),
    repositoryKeyFile: at("seed", "repository.asc"),
    bin: at("bin"),
    headscale: at("headscale"),
    headscaleConfig: at("headscale", "config.yaml"),
    policy: at("headscale", "policy.json"),
    mirrorConfig: at("mirror", "config.json"),
    mirrorLog: at("mirror", "access.log"),
    pulumi: at("pulumi"),
  };
}
