// Prints the installation matrix from the records of a run, and writes it to docs/install-matrix.md:
// `node tests/install/report.mjs [--print] records.jsonl`; with --print the page stays as it is (a run of a part).
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const page = join(folder, "../../docs/install-matrix.md");
const args = process.argv.slice(2);
const printOnly = args.includes("--print");
const files = args.filter((arg) => arg !== "--print");

/** The last record of each cell: a later run replaces an earlier one. */
const latest = new Map();
for (const line of files.flatMap((file) => readFileSync(file, "utf8").trim().split("\n").filter(Boolean))) {
  const record = JSON.parse(line);
  latest.set([record.group, record.target, record.before, record.settings, record.user].join("|"), record);
}
const cells = [...latest.values()];

const GROUPS = [
  "Fresh hosts",
  "Restart and removal",
  "Static tarball",
  "Pushed, no network",
  "No TUN device",
  "Versions",
  "Broken daemon",
  "Broken packages",
  "Repositories and keys",
  "Conflicts",
  "Hosts as they are",
  "Refused",
];
const USERS = { root: "root", admin: "sudo", ops: "sudo, password" };
const COLUMNS = [
  ["Host", ({ target }) => target],
  ["Before", ({ before }) => before],
  ["`install`", ({ settings }) => settings],
  ["As", ({ user }) => USERS[user]],
  ["What happens", ({ outcome, ok }) => (ok ? outcome : `**FAILED**: ${outcome}`)],
  ["Commands", ({ execs, ok }) => (ok ? String(execs) : "")],
  ["Run, s", ({ installSeconds, ok }) => (ok ? installSeconds.toFixed(1) : "")],
  ["Cell, s", ({ seconds }) => seconds.toFixed(0)],
];

function table(group) {
  const rows = cells
    .filter((cell) => cell.group === group)
    .map((cell) => COLUMNS.map(([, value]) => value(cell)));
  if (rows.length === 0) return "";
  const titles = COLUMNS.map(([title]) => title);
  const line = (values) => `| ${values.join(" | ")} |`;
  return [`## ${group}`, "", line(titles), line(titles.map(() => "---")), ...rows.map(line), ""].join("\n");
}

const passed = cells.filter(({ ok }) => ok).length;
const minutes = Math.round(cells.reduce((total, { seconds }) => total + seconds, 0) / 60);
const dates = [...new Set(cells.map(({ date }) => date))].sort().join(" and ");
const tables = GROUPS.map(table).filter(Boolean).join("\n");

const text = `${readFileSync(join(folder, "install-matrix.head.md"), "utf8").trim()}

${passed} of ${cells.length} cells passed, in ${minutes} minutes, run on ${dates}. "Run" is the session itself, login
included; "Cell" is all that is done to the host and looked at, without the boot of the new machine. This page is made by
\`npm run test:install\`; do not edit it.

${tables.trim()}
`;
console.log(`\n${tables}`);
console.log(`${passed} of ${cells.length} cells passed${printOnly ? "" : `; ${page}`}`);
if (!printOnly) writeFileSync(page, text);
