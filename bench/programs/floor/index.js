// As many dynamic resources as BENCH_PORTS has ports, which do nothing: what Pulumi itself takes.
const pulumi = require("@pulumi/pulumi");

const nothing = {
  create: async (inputs) => ({ id: inputs.name, outs: inputs }),
  read: async (id, props) => ({ id, props }),
  diff: async () => ({ changes: false }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => undefined,
};
for (const port of process.env.BENCH_PORTS.split(","))
  new pulumi.dynamic.Resource(nothing, `web-${port}`, { name: `web-${port}` });
