/** What to do about a login error depends on where the key came from. */
import type { ErrorKind } from "../../../errors";
import type { AuthKey } from "./auth-key";

type Remedies = Partial<Record<ErrorKind, string>>;

/** A fresh key can be refused for the sake of a node that the host left behind (headscale#3371), or of a clock. */
const MINTED_REMEDIES: Remedies = {
  "key-used":
    "The key was made for this login. This host was logged out before: delete its old node at the control server, or set onNameConflict to replace-offline, then run `pulumi up` again.",
  "key-expired":
    "The key was made for this login, and is good for minutes: check the clock of the control server, then run `pulumi up` again.",
  "key-invalid":
    "The key was made for this login: check that login_server and the API are of the same control server, then run `pulumi up` again.",
};

/** Pure: the remedies that hold for a key of this kind; `own` are those of the control server. */
export function remediesFor(kind: AuthKey["kind"], own: Remedies = {}): Remedies {
  return kind === "minted" ? { ...own, ...MINTED_REMEDIES } : own;
}
