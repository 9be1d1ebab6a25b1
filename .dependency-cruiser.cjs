// The import direction of ARCHITECTURE.md, each ban with its reason.
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to },
});

/** The rooms of providers/tailnet, the lowest first: each may import those before it, and the files between. */
const bans = (room, why, ...others) =>
  forbid(`tailnet-${room}`, why, `^providers/tailnet/${room}/`, `^providers/tailnet/(${others.join("|")})/`);

module.exports = {
  forbidden: [
    forbid(
      "errors-import-nothing",
      "errors.ts is the bottom: everyone imports it",
      "^errors\\.ts$",
      "^(config|transport|providers|mesh|cli|lab|tests|index|validation|fields|policies|serve|daemon|verify|excerpt)",
    ),
    forbid(
      "an-excerpt-knows-errors-only",
      "whoever quotes a host or a server cleans it with excerpt.ts",
      "^excerpt\\.ts$",
      "^(config|transport|providers|mesh|cli|lab|tests|index|validation|fields|policies|serve|daemon|verify)",
    ),
    forbid(
      "reading-a-script-knows-errors-only",
      "every layer's scripts are read by shell-scripts.ts",
      "^shell-scripts\\.ts$",
      "^(config|transport|providers|mesh|cli|lab|tests|index|validation|fields|policies|excerpt)",
    ),
    forbid(
      "policies-import-nothing",
      "a table, and the types of it",
      "^(policies|verify|renew-key|workload-identity)\\.ts$",
      ".",
    ),
    forbid(
      "validation-knows-errors-only",
      "validation, fields, serve, daemon and verify are for every layer",
      "^(validation/|(fields|renew-key|serve|serve-schema|daemon|daemon-schema|verify|verify-schema|workload-identity-schema)\\.ts$)",
      "^(config|transport|providers|mesh|cli|lab|tests|index)",
    ),
    forbid(
      "config-is-plain-data",
      "config reads text; it reaches no host and knows no provider",
      "^config/",
      "^(transport|providers|mesh|cli|lab|tests|index)",
    ),
    forbid(
      "transport-knows-no-mesh",
      "transport runs commands for anyone",
      "^transport/",
      "^(config|providers|mesh|cli|lab|tests|index)",
    ),
    forbid(
      "providers-work-without-pulumi",
      "scripts use network providers without Pulumi and without a stack's configuration",
      "^providers/",
      "^(config|mesh|cli|lab|tests|index)",
    ),
    forbid(
      "providers-never-import-each-other",
      "what two providers share sits in providers/tailnet and providers/control-server",
      "^providers/(tailscale)/",
      "^providers/(headscale)/",
    ),
    forbid(
      "providers-never-import-each-other-2",
      "what two providers share sits in providers/tailnet and providers/control-server",
      "^providers/(headscale)/",
      "^providers/(tailscale)/",
    ),
    forbid(
      "shared-code-knows-no-provider",
      "shared code never branches on a provider",
      "^providers/(tailnet|control-server)/",
      "^providers/(tailscale|headscale)/",
    ),
    forbid(
      "a-control-servers-api-knows-no-host",
      "control-server/ asks over HTTP; what it is asked for is decided in tailnet/",
      "^providers/control-server/",
      "^providers/(tailnet|tailscale|headscale)/",
    ),
    bans(
      "scripts",
      "texts that run on the host know nothing of this side",
      "probe|guard|settings|daemon|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "probe",
      "reading a host decides nothing",
      "guard|settings|daemon|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "settings",
      "settings are compared with what the probe says",
      "guard|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "guard",
      "the guard carries out any step, and knows none",
      "settings|daemon|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "install",
      "a client is installed before any network is known",
      "settings|daemon|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "network",
      "what a node's state means is told before anything is done about it",
      "guard|identity|refresh|survey|join|leave",
    ),
    bans("identity", "who is who is told before anything is done about it", "refresh|survey|join|leave"),
    bans("refresh", "reading changes nothing", "guard|survey|join|leave"),
    bans("leave", "joining may undo itself by leaving, never the other way", "join|survey"),
    bans("join", "a look is for people, and decides nothing", "survey"),
    bans("survey", "a look changes nothing; of join/ it knows where a key would come from", "guard|leave"),
    forbid("mesh-is-not-a-lab", "the package must work without the lab", "^mesh/", "^(cli|lab|tests|index)"),
    forbid(
      "the-command-line-is-on-top",
      "it looks at what the rest does, and nobody needs it",
      "^cli/",
      "^(lab|tests|index)",
    ),
    forbid(
      "the-command-line-is-free-of-pulumi",
      "whoever looks at a mesh at night has no second to wait: of mesh/ only what the handlers use, too",
      "^cli/",
      "^mesh/(?!(load-provider|state|host-state|key-expiry|reach|look/look|look/flags)\\.ts$)",
    ),
    forbid(
      "showing-knows-no-command",
      "tables and terminals serve every command",
      "^cli/show/",
      "^cli/(hosts|look|status|doctor|report|init)/",
    ),
    forbid(
      "finding-hosts-knows-no-command",
      "where hosts come from is settled before any is looked at",
      "^cli/hosts/",
      "^cli/(show|look|status|doctor|report|init)/",
    ),
    forbid(
      "looking-knows-no-command",
      "what a look means is each command's",
      "^cli/look\\.ts$",
      "^cli/(status|doctor|report|init)/",
    ),
    bans(
      "routes",
      "what routes need is known before anybody joins or leaves",
      "guard|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "serve",
      "what a node serves is compared with what the probe says",
      "guard|settings|routes|install|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "daemon",
      "what tailscaled is started with is compared with what the probe says, and known to nobody below",
      "settings|routes|serve|network|identity|refresh|survey|join|leave",
    ),
    bans(
      "verify",
      "a node that has joined asks others, and changes nothing",
      "guard|settings|routes|serve|install|network|identity|refresh|survey|join|leave",
    ),
    forbid(
      "tailnet-user-data-is-rendered-here",
      "nothing of a host is known, and none is reached",
      "^providers/tailnet/user-data/",
      "^providers/tailnet/(probe|guard|scripts|network|identity|refresh|survey|join|leave|routes|serve|daemon|run|target|work)",
    ),
    forbid(
      "tailnet-user-data-is-for-the-provider",
      "machines that join by themselves are no concern of those that are reached",
      "^providers/tailnet/(?!user-data/)[a-z-]+/",
      "^providers/tailnet/user-data/",
    ),
    forbid(
      "nothing-stands-on-the-benchmarks",
      "bench/ measures; it is no part of the package",
      "^(errors|validation|fields|policies|excerpt|shell-scripts|config|transport|providers|mesh|cli|lab|tests/(?!unit/bench)|index)",
      "^bench/",
    ),
    forbid(
      "the-lab-is-for-tests",
      "the lab boots hosts; it knows nothing of the package but its errors",
      "^lab/",
      "^(config|transport|providers|mesh|tests|index)",
    ),
    {
      name: "pulumi-only-on-top",
      comment: "only the resources and the root program are Pulumi's; the handlers are plain functions",
      severity: "error",
      from: { pathNot: "^(mesh/|index\\.ts|tests/|examples/|bench/programs/)" },
      to: { path: "node_modules/@pulumi" },
    },
    {
      name: "handlers-are-free-of-pulumi",
      comment: "they run in the provider's process, where loading the SDK again costs a second",
      severity: "error",
      from: {
        path: "^mesh/(handlers|[a-z]+-host|host-state|roster|reach|daemon|verify|check|diff|state|session|load-provider)\\.ts$",
      },
      to: {
        path: "(node_modules/@pulumi|^mesh/(host|mesh|index|connection)\\.ts$)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "no-cycles",
      comment: "a cycle hides which part is the lower one",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|lab/tools|examples/.*/node_modules)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
