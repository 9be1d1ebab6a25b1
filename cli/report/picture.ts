/** Pure: the mesh as a picture: its hosts on a circle, and how each pair reaches the other. */
import { cut } from "../show/text";
import { describeLink, formatLatency, pairOf, type ReportData } from "./data";
import { markup, type Markup } from "./html";

/** Above this there is no room for a number at each line. */
const LABELLED = 6;
/** Characters of a name; its title has them all. */
const LONGEST = 18;
/** Room for names on both sides. */
const MARGIN_X = 150;
const MARGIN_Y = 46;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function picture({ hosts, links }: ReportData): Markup {
  const radius = Math.max(120, hosts.length * 12);
  const [width, height] = [2 * (radius + MARGIN_X), 2 * (radius + MARGIN_Y)];
  const points = hosts.map((_, index) => place(index, hosts.length, radius, width, height));
  const pairs = hosts.flatMap((_, a) => hosts.slice(a + 1).map((_, offset) => [a, a + 1 + offset] as const));
  const lines = pairs.map(([a, b]) => {
    const link = pairOf(links, a, b);
    const [from, to] = [points[a]!, points[b]!];
    const title = `${hosts[a]!.name} and ${hosts[b]!.name}: ${describeLink(link)}`;
    const label =
      hosts.length > LABELLED || link === undefined || link.via === "none"
        ? undefined
        : labelAt(from, to, formatLatency(link.latencyMs));
    return markup`<g class="link ${link?.via ?? "unknown"}" data-a="${a}" data-b="${b}">
<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}"><title>${title}</title></line>${label}</g>
`;
  });
  const nodes = hosts.map(({ name, level, state, addresses }, index) => {
    const { x, y } = points[index]!;
    const side = x > width / 2 + 1 ? "start" : x < width / 2 - 1 ? "end" : "middle";
    const dx = side === "start" ? 16 : side === "end" ? -16 : 0;
    const dy = side === "middle" ? (y < height / 2 ? -32 : 30) : 0;
    return markup`<g class="node ${level}" data-host="${index}" tabindex="0" role="button" aria-pressed="false">
<title>${name}: ${state}</title><circle cx="${x}" cy="${y}" r="10"></circle>
<text x="${x + dx}" y="${y + dy}" text-anchor="${side}">${cut(name, LONGEST)}<tspan class="address" x="${x + dx}" dy="15">${addresses[0] ?? state}</tspan></text></g>
`;
  });
  // No empty room where no host stands: three hosts leave the bottom free.
  const heights = points.map(({ y }) => y);
  const top = Math.min(...heights, height / 2) - MARGIN_Y;
  const bottom = Math.max(...heights, height / 2) + MARGIN_Y;
  return markup`<svg id="picture" viewBox="0 ${top} ${width} ${bottom - top}" role="group" aria-label="The hosts and the links between them">
${lines}${nodes}</svg>`;
}

/** From the top, clockwise; a single host stands in the middle. */
function place(index: number, all: number, radius: number, width: number, height: number): Point {
  const angle = (2 * Math.PI * index) / all - Math.PI / 2;
  const distance = all === 1 ? 0 : radius;
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    x: round(width / 2 + distance * Math.cos(angle)),
    y: round(height / 2 + distance * Math.sin(angle)),
  };
}

/** Not in the middle, where diagonals meet. */
function labelAt(from: Point, to: Point, text: string): Markup {
  const at = (a: number, b: number) => Math.round(a + (b - a) * 0.4);
  return markup`<text class="latency" x="${at(from.x, to.x)}" y="${at(from.y, to.y) - 4}">${text}</text>`;
}
