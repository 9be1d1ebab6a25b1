/** Pure: the whole page, in one file that loads nothing: its own policy forbids it to. */
import { createHash } from "node:crypto";
import { pairOf, type ReportData } from "./data";
import { markup, trusted, type Markup } from "./html";
import { picture } from "./picture";
import { SCRIPT } from "./script";
import { STYLE } from "./style";
import { findings, hostTable, matrix } from "./tables";

/** By this a page is known as one of ours, which may be written over. */
export const GENERATOR = '<meta name="generator" content="pulumi-mesh report">';

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** No page of another's making, no request of any kind, and no script or style but the two in it. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export function renderPage(data: ReportData): string {
  const { ok, verdict, where, made } = data;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${trusted(GENERATOR)}
<title>${verdict} - ${where}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1 class="${ok ? "good" : "bad"}">${verdict}</h1>
<p>${where}; <time datetime="${made.toISOString()}">${made.toISOString().slice(0, 16).replace("T", " ")} UTC</time></p>
${numbers(data)}
</header>
<section><h2>Wrong, or worth knowing</h2>${findings(data)}</section>
<section><h2>The mesh</h2>${picture(data)}
<div class="legend"><span><i></i>direct</span><span><i class="relay"></i>through a relay</span><span><i class="none"></i>no answer</span><span class="hint">Click a host to see its links alone.</span></div></section>
<section><h2>Who reaches whom</h2>${matrix(data)}</section>
<section><h2>Hosts</h2>${hostTable(data)}</section>
<footer>Made by pulumi-mesh report. No secret is in this page, and it loads nothing.</footer>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** What one counts first. */
function numbers({ hosts, links }: ReportData): Markup {
  const pairs = hosts.flatMap((_, a) => hosts.slice(a + 1).map((_, b) => pairOf(links, a, a + 1 + b)));
  const of = (via: string) => pairs.filter((pair) => pair?.via === via).length;
  const versions = [...new Set(hosts.map(({ version }) => version).filter(Boolean))].sort();
  const shown: [number, string][] = [
    [hosts.length, hosts.length === 1 ? "host" : "hosts"],
    [hosts.filter(({ isNode }) => isNode).length, "joined"],
    [of("direct"), "direct links"],
    [of("relay"), "through relays"],
    [of("none"), "without an answer"],
  ];
  return markup`<ul class="numbers">${shown.map(([number, what]) => markup`<li><b>${number}</b> ${what}</li>`)}
<li>client <b>${versions.join(", ") || "-"}</b></li></ul>`;
}
