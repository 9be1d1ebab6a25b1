/** A stack whose hosts join Headscale with the tag `app`, and whose tags and names go through its API. */
import type { Lab } from "../../../lab";
import { headscaleNetwork } from "./network";
import { Stack } from "./stack";

export async function keyedStack(lab: Lab): Promise<Stack> {
  const env = {
    MESH_AUTHKEY: await lab.authKey({ tags: ["app"], reusable: true }),
    MESH_API: await lab.apiKey(),
  };
  const stack = await Stack.create(lab, { env });
  return stack.configure({ network: headscaleNetwork(lab, { api_key_env: "MESH_API" }) });
}
