// `npm test`: every check in order, cheap ones first; ends with one line that counts the tests.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "pulumi-mesh-test-"));
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Why tests were skipped, where their names end with it: `... (skipped: no such program)`. */
const reasons = new Set();
process.env.MESH_TEST_BUILT = "yes"; // by lab/bootstrap.sh, just now

function step(title, command, ...args) {
  const started = Date.now();
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  console.log(
    `== ${title}: ${status === 0 ? "ok" : "FAILED"} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (status !== 0) failures.push(title);
}

/** Files and other arguments of jest's own come before the project: its option takes all names that follow. */
function jest(title, project, ...args) {
  const report = join(scratch, `${title.replaceAll(" ", "-")}.json`);
  step(title, "jest", ...args, "--ci", "--json", `--outputFile=${report}`, "--selectProjects", project);
  const own = readCounts(report);
  if (own === undefined) console.log(`${title} left no report`);
  if (own !== undefined) {
    add(own);
    for (const reason of readReasons(report)) reasons.add(reason);
  }
  return own === undefined ? "no report" : formatCounts(own);
}

function add(own) {
  for (const what of Object.keys(counts)) counts[what] += own[what];
}

/**
 * Starts this script once more, for the parts that have labs of their own: most of the time a test waits for its hosts.
 * What it prints is shown when it is done, whole.
 */
function startBeside() {
  const [output, result] = [join(scratch, "beside.log"), join(scratch, "beside.json")];
  const file = openSync(output, "w");
  const env = { ...process.env, MESH_TEST_RESULT: result };
  const child = spawn(process.execPath, ["tests/run.mjs", "--beside"], {
    stdio: ["ignore", file, file],
    env,
  });
  const ended = once(child, "exit");
  return async () => {
    console.log(
      "\n(the fault and install tests run beside these; they show what they print when they are done)",
    );
    await ended;
    console.log(readFileSync(output, "utf8"));
    try {
      const own = JSON.parse(readFileSync(result, "utf8"));
      add(own.counts);
      failures.push(...own.failures);
    } catch {
      failures.push("the tests beside (they left no result)");
    }
  };
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return undefined;
  }
}

function readReasons(report) {
  const tests = JSON.parse(readFileSync(report, "utf8")).testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => ["skipped", "pending"].includes(status));
  return skipped.flatMap(({ title }) => / \(skipped: (.*)\)$/.exec(title)?.[1] ?? []);
}

function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The integration tests in which the control server decides, in a lab of its own for each release. */
function headscaleTests(releases) {
  const lines = releases.map((release) => {
    process.env.MESH_TEST_HEADSCALE = release;
    const started = Date.now();
    const result = jest(`Headscale ${release} tests`, "integration", ...CONTROL_SERVER);
    // A lab that does not come up fails no test.
    const verdict = failures.includes(`Headscale ${release} tests`) ? "FAILED" : "ok";
    return `Headscale ${release}: ${verdict}, ${result} (${Math.round((Date.now() - started) / 1000)} s)`;
  });
  console.log(`\n${lines.join("\n")}`);
}

/** The matrix, or a part of it; the page is only written by a run of the whole. */
function installTests(title, filters, reportFlags) {
  const records = join(scratch, "install.jsonl");
  writeFileSync(records, "");
  process.env.MESH_INSTALL_RECORDS = records;
  jest(title, "install", ...filters);
  step("installation matrix", "node", "tests/install/report.mjs", ...reportFlags, records);
}

/** Most of the time these wait too, for processes and servers of their own. */
const BESIDE_EACH_OTHER = ["--maxWorkers", "4"];

/** The files that have scenarios for a small run. */
const SMALL_FAULTS = ["crash", "connection", "host", "who-renames", "who-stacks", "who-clones"].map(
  (name) => `tests/faults/${name}.test.ts`,
);

const CONTROL_SERVER = ["errors", "failover", "join", "keys", "lifecycle", "mesh-first", "mint", "node-key"]
  .concat(["policies", "renew-key", "router", "routes", "serve", "tags", "workload-identity"])
  .map((name) => `tests/integration/${name}.test.ts`);
/** Integration tests that `npm test` has no time for. */
const LONG = [
  "cloud-init",
  "daemon-ways",
  "failover",
  "renew-key",
  "workload-identity",
  "mesh-first-ways",
  "verify",
].map((name) => `tests/integration/${name}.test.ts`);
/** Those that `npm test` does not run on: it has the newest. */
const OLDER_RELEASES = ["0.27", "0.28"];

// --unit, --package, --faults, --install, --headscale, --long or --beside: that part alone. What follows is for jest (files, -t NAME,
// --coverage); what follows --headscale are releases.
const [only, ...filters] = process.argv.slice(2);
if (only === undefined) {
  step("format", "prettier", "--check", "--log-level", "warn", ".");
  step("types", "tsc", "-p", "tsconfig.json");
  step("lint", "eslint", ".");
  step("imports", "depcruise", "--config", ".dependency-cruiser.cjs", ".");
  step("doc comments", "typedoc", "--emit", "none");
  step("shell scripts", "node", "scripts/lint-shell.mjs");
  step("published package", "node", "scripts/lint-package.mjs");
}
if (only === "--package") jest("package tests", "package", ...filters);
if (only === undefined || only === "--unit") jest("unit tests", "unit", ...BESIDE_EACH_OTHER, ...filters);
if (only === "--faults") {
  const records = join("dist", "faults.jsonl"); // kept, so that the page can be made again
  rmSync(records, { force: true });
  process.env.MESH_FAULT_RECORDS = records;
  jest("fault tests", "faults", ...filters);
  // After a part the page keeps the rows of the others.
  step(
    "reliability page",
    "node",
    "tests/faults/report.mjs",
    ...(filters.length > 0 ? ["--keep"] : []),
    records,
  );
}
if (only === "--install") {
  installTests("install tests", filters, filters.length > 0 ? ["--print"] : []);
}
if (only === "--long") jest("long tests", "integration", ...(filters.length > 0 ? filters : LONG));
if (only === "--headscale") headscaleTests(filters.length > 0 ? filters : OLDER_RELEASES);
if (only === undefined) {
  jest("component tests", "component", ...BESIDE_EACH_OTHER);
  const showBeside = startBeside();
  jest("integration tests", "integration", ...LONG.flatMap((path) => ["--testPathIgnorePatterns", path]));
  await showBeside();
}
if (only === "--beside") {
  process.env.MESH_FAULT_PART = "small";
  jest("fault tests", "faults", ...SMALL_FAULTS);
  process.env.MESH_INSTALL_PART = "fresh";
  installTests("install tests", ["tests/install/fresh.test.ts"], ["--print"]);
}

rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}`);
process.exitCode = failures.length > 0 || counts.passed === 0 ? 1 : 0;
if (process.env.MESH_TEST_RESULT !== undefined) {
  writeFileSync(process.env.MESH_TEST_RESULT, JSON.stringify({ counts, failures }));
} else {
  // A check that is no test (format, lint) counts as one failure, so that the closing line never hides it.
  const checks = failures.filter((title) => !title.endsWith("tests")).length;
  for (const reason of reasons) console.log(`\nskipped: ${reason}`);
  console.log(`\n${formatCounts({ ...counts, failed: counts.failed + checks })}`);
}
