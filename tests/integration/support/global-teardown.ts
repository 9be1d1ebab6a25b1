/** Ends the lab that global-setup.ts has booted. */
import { BOOTED_LAB, endLab } from "./booted-lab";

export default function teardown(): Promise<void> {
  return endLab(BOOTED_LAB);
}
