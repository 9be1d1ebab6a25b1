/** What preview says of a host that is new and has no key to log in with. */
import { describe, expect, it } from "@jest/globals";
import "../../../providers";
import { findLoginProblem } from "../../../mesh/check-login";
import { UNKNOWN } from "../../../validation";

const config = { login_server: "https://headscale.example.com", tailnet_domain: "mesh.example.com" };
const inputs = { name: "web-1", provider: "headscale", config, connection: "local" };

describe("a new host", () => {
  it("without any source of a key is warned of, once for all that lack the same", async () => {
    const lacking = { ...inputs, config: { ...config, auth_key_env: "HS_ONE" } };
    expect(await findLoginProblem(lacking, {})).toMatch(
      /^unless the host is in the mesh already, its join will fail: .*the environment variable HS_ONE is empty or not set.*Create an auth key/s,
    );
    expect(await findLoginProblem({ ...lacking, name: "web-2" }, {})).toBeUndefined();
  });

  it("is not warned of when there is a key, or an API to make one", async () => {
    const keyed = { ...inputs, config: { ...config, auth_key_env: "HS_TWO", api_key_env: "HS_API" } };
    expect(await findLoginProblem(keyed, { HS_TWO: "0123456789abcdef" })).toBeUndefined();
    expect(await findLoginProblem(keyed, { HS_API: "prefix.secret" })).toBeUndefined();
    expect(await findLoginProblem({ ...keyed, authKey: "0123456789abcdef" }, {})).toBeUndefined();
    expect(await findLoginProblem(keyed, {})).toMatch(/HS_API/);
  });

  it("is not warned of while nobody can tell", async () => {
    const config_ = { ...config, auth_key_env: "HS_THREE" };
    expect(await findLoginProblem({ ...inputs, config: config_, authKey: UNKNOWN }, {})).toBeUndefined();
    expect(await findLoginProblem({ ...inputs, config: { ...config_, user: UNKNOWN } }, {})).toBeUndefined();
  });
});
