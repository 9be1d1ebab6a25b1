/** Ends the lab that global-setup.ts has booted. */
import { BOOTED_INSTALL_LAB, endLab } from "../../integration/support/booted-lab";

export default function teardown(): Promise<void> {
  return endLab(BOOTED_INSTALL_LAB);
}
