// As many hosts as BENCH_PORTS has ports. Where BENCH_MARKS names a file, it says there when it got how far.
const { appendFileSync } = require("node:fs");
const mark = (what) =>
  process.env.BENCH_MARKS && appendFileSync(process.env.BENCH_MARKS, `${what} ${Date.now()}\n`);
mark("program");
require("@pulumi/pulumi");
mark("sdk");
const { Mesh } = require("pulumi-mesh");
mark("package");

const connectionTo = (port) => ({
  host: "127.0.0.1",
  port: Number(port),
  privateKeyPath: process.env.BENCH_KEY,
});
const ports = process.env.BENCH_PORTS.split(",");
new Mesh("mesh", {
  network: {
    provider: "look",
    module: "./look.js",
    providers: {
      look: {
        login_server: "https://headscale.example.com",
        tailnet_domain: "mytailnet.ts.net",
        api_key_env: "HEADSCALE_API_KEY",
      },
    },
  },
  hosts: Object.fromEntries(
    ports.map((port) => [`web-${port}`, { connection: connectionTo(port), tags: ["tag:app"] }]),
  ),
});
