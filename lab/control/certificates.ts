/** The lab's certificate authority, and the one certificate that its control server and package mirror share. */
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARCH_PACKAGES_NAME, CONTROL_NAME, labNames, PACKAGES_NAME } from "../network/names";
import type { LabPaths } from "../paths";
import { mustRun } from "../system/command";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Creates authority and certificate, unless they exist. Valid for longer than any lab lives. */
export async function ensureCertificates(lab: string, paths: LabPaths): Promise<void> {
  if (existsSync(paths.serverCertificate)) return;
  const work = await mkdtemp(join(tmpdir(), "lab-ca-"));
  try {
    const file = (name: string) => join(work, name);
    const authority = [
      "-keyout",
      file("ca.key"),
      "-out",
      file("ca.crt"),
      "-subj",
      `/CN=pulumi-mesh lab ${lab}`,
    ];
    await mustRun(["openssl", "req", "-x509", ...KEY, "-days", "3650", ...authority]);
    const request = [
      "-keyout",
      file("server.key"),
      "-out",
      file("server.csr"),
      "-subj",
      `/CN=${labNames(lab).controlServer}`,
    ];
    await mustRun(["openssl", "req", "-new", ...KEY, ...request]);
    const names = [labNames(lab).controlServer, CONTROL_NAME, PACKAGES_NAME, ARCH_PACKAGES_NAME]
      .map((name) => `DNS:${name}`)
      .join(",");
    await writeFile(file("extensions"), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
    const signing = [
      "-CA",
      file("ca.crt"),
      "-CAkey",
      file("ca.key"),
      "-CAcreateserial",
      "-extfile",
      file("extensions"),
    ];
    const certificate = ["-in", file("server.csr"), "-out", file("server.crt"), "-days", "800"];
    await mustRun(["openssl", "x509", "-req", ...certificate, ...signing]);
    // The server's certificate goes last: its presence says that all four are there and belong together.
    const results = [
      ["ca.key", paths.caKey],
      ["ca.crt", paths.caFile],
      ["server.key", paths.serverKey],
    ] as const;
    for (const [from, to] of [...results, ["server.crt", paths.serverCertificate] as const])
      await moveFile(file(from), to);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Renames, also from one file system to another. */
async function moveFile(from: string, to: string): Promise<void> {
  await mustRun(["cp", "--preserve=mode", from, `${to}.tmp`]);
  await rename(`${to}.tmp`, to);
}
