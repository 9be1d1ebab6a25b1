/** How a global setup tells the tests which lab it has booted: by the environment, one variable for each kind of lab. */
import { Lab } from "../../../lab";

export const BOOTED_LAB = "MESH_TEST_BOOTED_LAB";
export const BOOTED_INSTALL_LAB = "MESH_INSTALL_BOOTED_LAB";

/** The running lab that MESH_TEST_LAB names, or the one that was booted. */
export function mustLab(booted = BOOTED_LAB): Promise<Lab> {
  const name = process.env["MESH_TEST_LAB"] ?? process.env[booted];
  if (name === undefined) throw new Error("no lab was booted: run the tests of a project by jest");
  return Lab.attach(name);
}

/** Ends what a setup has booted; a lab that MESH_TEST_LAB names stays. */
export async function endLab(booted: string): Promise<void> {
  const name = process.env[booted];
  if (name !== undefined) await (await Lab.attach(name)).down();
}
