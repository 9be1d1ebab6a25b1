// Writes docs/reliability.md from the records of a fault run: `node tests/faults/report.mjs [--keep] [records.jsonl...]`, oldest
// first. With --keep the scenarios that are in none of the records keep the rows that they have on the page.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const keep = process.argv[2] === "--keep";
const given = process.argv.slice(keep ? 3 : 2);
const files = given.length > 0 ? given : [join(folder, "../../dist/faults.jsonl")];
const page = join(folder, "../../docs/reliability.md");

/** The last record of each scenario: a later run replaces an earlier one. */
const latest = new Map();
const lines = files.flatMap((file) => readFileSync(file, "utf8").trim().split("\n"));
for (const line of lines) {
  const record = JSON.parse(line);
  latest.delete(record.name);
  latest.set(record.name, record);
}
const kept = keep ? readPage().filter(({ name }) => !latest.has(name)) : [];
const scenarios = [...kept, ...latest.values()];
const sum = (key) => scenarios.reduce((total, record) => total + record[key], 0);
const dates = [...new Set(scenarios.map(({ date }) => date))].sort();

/** The rows of the page as it is; minutes and day are the page's, not a row's. */
function readPage() {
  const text = readFileSync(page, "utf8");
  const [, minutes = "0", date = ""] =
    /, (\d+) minutes, run on (?:.* and )?(\d{4}-\d\d-\d\d)/.exec(text) ?? [];
  const rows = [];
  let group = "";
  for (const line of text.split("\n")) {
    group = /^### (.*)/.exec(line)?.[1] ?? group;
    const [, name, outcome, survived, tries] = /^\| (.*) \| (.*) \| (\d+) \/ (\d+) \|$/.exec(line) ?? [];
    if (name === undefined) continue;
    const struck = text.split("\n").find((item) => item.startsWith(`- ${name}: `));
    const items = struck?.slice(name.length + 4, -1).split("; ") ?? [];
    const moments = Object.fromEntries(
      items.map((item) => {
        const [, words, times] = /^(.*): (\d+)$/.exec(item) ?? [undefined, item, "1"];
        return [words, Number(times)];
      }),
    );
    rows.push({
      group,
      name,
      outcome,
      survived: Number(survived),
      tries: Number(tries),
      moments,
      date,
      seconds: 0,
    });
  }
  if (rows[0] !== undefined) rows[0].seconds = Number(minutes) * 60;
  return rows;
}

const GROUPS = [
  "Killed runs",
  "Connections",
  "Control server, keys and tags",
  "Hosts",
  "Lock-outs",
  "Dead hosts",
  "Reaching a host in the mesh",
  "Who is who",
];

function table(group) {
  const rows = scenarios
    .filter((record) => record.group === group)
    .map(({ name, outcome, survived, tries }) => `| ${name} | ${outcome} | ${survived} / ${tries} |`);
  if (rows.length === 0) return "";
  return `### ${group}\n\n| Fault | What happens | Survived / tried |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** Where faults at a random or varied moment struck. */
function moments() {
  const lists = scenarios
    .filter((record) => Object.keys(record.moments).length > 0)
    .map(({ name, moments }) => {
      const items = Object.entries(moments).map(([moment, times]) =>
        times > 1 ? `${moment}: ${times}` : moment,
      );
      return `- ${name}: ${items.join("; ")}.`;
    });
  return lists.join("\n");
}

const text = `${readFileSync(join(folder, "reliability.head.md"), "utf8").trim()}

## Outcomes

${sum("survived")} of ${sum("tries")} tries survived, in ${scenarios.length} scenarios, ${Math.round(sum("seconds") / 60)} minutes, run on ${dates.join(" and ")}${files.length > 1 || kept.length > 0 ? ` (put together from ${files.length + (kept.length > 0 ? 1 : 0)} runs while the code was being mended: each row is the last run of its scenario)` : ""}. Survived means: the
outcome was the one in the table, the next \`pulumi up\` converged, another one had nothing to do, and the control server
lists each host once, with its name and all its tags. This page is made by \`npm run test:faults\`; do not edit it.

${GROUPS.map(table).filter(Boolean).join("\n")}
### When they struck

${moments()}

${readFileSync(join(folder, "reliability.foot.md"), "utf8").trim()}
`;
writeFileSync(page, text);
console.log(`${sum("survived")} of ${sum("tries")} faults survived; ${page}`);
