/** Opens sessions to test servers, and looks at the errors they end with. */
import { isMeshError, type MeshError } from "../../../../errors";
import { connect, type ConnectOptions, type Connection, type Session } from "../../../../transport";

/** Connects with nothing of this machine's user in reach. */
export function open(connection: Connection, options: Partial<ConnectOptions> = {}): Promise<Session> {
  return connect(connection, {
    host: "web-1",
    knownHostsFiles: [],
    env: { PATH: process.env["PATH"], HOME: "/no/home" },
    ...options,
  });
}

/** What `work` rejects with. */
export function mustReject(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (reason: unknown) => reason,
  );
}

/** The MeshError that `work` fails with. */
export async function mustFail(work: Promise<unknown>): Promise<MeshError> {
  const error = await mustReject(work);
  if (isMeshError(error)) return error;
  throw error as Error;
}
