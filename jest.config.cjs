// Six projects: unit (fakes allowed, under 90 seconds), component (Pulumi mocks), integration (the lab: real hosts), and three
// that are slow and have a script of their own: package (every style of program, from the registry), faults (the same lab, with something broken) and install (a lab with a host
// of every kind; a part of it runs in `npm test`).
const swc = {
  jsc: { parser: { syntax: "typescript", explicitResourceManagement: true }, target: "es2023" },
  module: { type: "commonjs" },
  sourceMaps: "inline",
};

const project = (name, timeout, more = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/examples/",
    "<rootDir>/tests/integration/fixtures/",
  ],
  // As TypeScript does: the source of "./x.js" is x.ts.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: { "\\.ts$": ["@swc/jest", swc] },
  globals: { TEST_TIMEOUT: timeout },
  setupFilesAfterEnv: ["<rootDir>/tests/support/timeout.ts"],
  ...more,
});

/** One file at a time, on hosts that one lab has for all of them. */
const onLab = (name, folder, timeout) =>
  project(name, timeout, {
    runner: "<rootDir>/tests/support/serial-runner.cjs",
    globalSetup: `<rootDir>/tests/${folder}/support/global-setup.ts`,
    globalTeardown: `<rootDir>/tests/${folder}/support/global-teardown.ts`,
  });

module.exports = {
  // V8 counts; the other way rewrites the sources, among them the shim whose text is stored.
  coverageProvider: "v8",
  collectCoverageFrom: ["*.ts", "{cli,config,lab,mesh,providers,transport,validation}/**/*.ts"],
  coverageReporters: ["text"],
  projects: [
    project("unit", 20_000),
    project("component", 60_000),
    project("package", 600_000),
    onLab("integration", "integration", 300_000),
    onLab("install", "install", 600_000),
    onLab("faults", "integration", 300_000),
  ],
};
