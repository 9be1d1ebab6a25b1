/** Pure: the plot of part (a): our time as a share of the best raw `ssh`, by the size of the fleet and its distance. */
import { best, type Row } from "./table";

const WIDTH = 640;
const HEIGHT = 320;
const BASE = 270;
/** Height of 1.0: as long as raw ssh. */
const UNIT = 180;
const COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd"];

export function plotOf(rows: readonly Row[]): string {
  const bars = rows.flatMap((row) => {
    const [ours, raw] = [best(row, "ours"), best(row, "ssh")];
    return ours === undefined || raw === undefined ? [] : [{ at: row.at, share: ours.median / raw.median }];
  });
  const sizes = [...new Set(bars.map(({ at }) => at["hosts"]!))];
  const distances = [...new Set(bars.map(({ at }) => at["roundTripMs"]!))];
  const group = (WIDTH - 80) / Math.max(1, sizes.length);
  const width = (group * 0.8) / Math.max(1, distances.length);
  const shapes = bars.flatMap(({ at, share }) => {
    const nth = distances.indexOf(at["roundTripMs"]!);
    const x = 60 + sizes.indexOf(at["hosts"]!) * group + nth * width;
    const height = Math.min(share, 1.4) * UNIT;
    return [
      `<rect x="${round(x)}" y="${round(BASE - height)}" width="${round(width - 2)}" height="${round(height)}" fill="${COLOURS[nth % COLOURS.length]}"/>`,
      text(x + width / 2 - 1, BASE - height + 14, share.toFixed(2), "middle", "#fff"),
    ];
  });
  const labels = sizes.map((size, at) =>
    text(60 + at * group + group * 0.4, BASE + 18, `${size} hosts`, "middle"),
  );
  const legend = distances.map((ms, at) =>
    text(60 + at * 130, HEIGHT - 10, `■ ${ms} ms`, "start", COLOURS[at % COLOURS.length]),
  );
  const one = `<line x1="50" x2="${WIDTH - 10}" y1="${BASE - UNIT}" y2="${BASE - UNIT}" stroke="#888" stroke-dasharray="4"/>`;
  const floor = `<line x1="50" x2="${WIDTH - 10}" y1="${BASE}" y2="${BASE}" stroke="#000"/>`;
  const title = text(
    WIDTH / 2,
    18,
    "Time to read converged hosts, as a share of the best raw ssh (1.0)",
    "middle",
  );
  const inner = [title, one, floor, ...shapes, ...labels, ...legend].join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n${inner}\n</svg>\n`;
}

function text(x: number, y: number, words: string, anchor: string, fill = "#000"): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${words}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
