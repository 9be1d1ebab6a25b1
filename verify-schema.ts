/** The schema of what a host has to reach, for configuration and inputs. */
import { z } from "zod";

/** Nothing that the client could take for a flag, or for more than one word. */
const PEER = /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/;

/** Each is asked by a process of its own. */
const MOST_PEERS = 16;
const LONGEST_S = 3600;

export const verifySchema = z.strictObject({
  peers: z
    .array(z.string().regex(PEER, "must be a node's name, its FQDN or its address in the mesh"))
    .min(1, "names no peer")
    .max(MOST_PEERS, `names more than ${MOST_PEERS} peers`)
    .readonly(),
  port: z.int().min(1).max(65535).optional(),
  deadline: z.int().min(1).max(LONGEST_S).optional(),
});
