// Renders a recorded terminal session as an animated SVG. Record a program with util-linux's `script`, then render it:
//   script -T up.timing -O up.log -c "stty cols 88 rows 34; pulumi up --yes --skip-preview"
//   node docs/images/render.mjs up.log up.timing "pulumi up" > docs/images/up.svg
import { readFileSync } from "node:fs";

const [log, timing, command] = process.argv.slice(2);
const COLUMNS = 88;
const MAX_FRAMES = 16;
/** Seconds for which the longest wait and the end are shown. */
const LONGEST = 1.5;
const END = 6;

/** The screen as the sequences that Pulumi uses change it: colours, erasing to the end of a line, going up. */
class Screen {
  lines = [[]];
  row = 0;
  column = 0;
  style = "";

  rest = "";
  decoder = new TextDecoder();

  write(bytes) {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    // A sequence of which the end is still to come.
    const whole = text.replace(/\x1b(\[[0-9;?]*|\][^\x1b]*\x1b?)?$/, "");
    this.rest = text.slice(whole.length);
    const tokens = /\x1b\[([0-9;?]*[A-Za-z])|\x1b\][^\x1b]*\x1b\\|[^\x1b]/gu;
    for (const [token, sequence] of whole.matchAll(tokens)) {
      if (sequence !== undefined) this.control(sequence);
      else if (token.startsWith("\x1b")) continue;
      else if (token === "\r") this.column = 0;
      else if (token === "\n") this.moveTo(this.row + 1);
      else this.lines[this.row][this.column++] = { character: token, style: this.style };
    }
  }

  control(sequence) {
    const [, numbers, kind] = /^([0-9;?]*)(.)$/.exec(sequence);
    if (kind === "A") this.moveTo(this.row - Number(numbers || 1));
    if (kind === "K") this.lines[this.row].length = this.column;
    if (kind !== "m") return;
    const colour = /^38;5;(\d+)$/.exec(numbers)?.[1];
    if (numbers === "0" || numbers === "") this.style = "";
    else this.style = `${this.style} ${colour === undefined ? `s${numbers}` : `c${colour}`}`.trim();
  }

  moveTo(row) {
    this.row = Math.max(0, row);
    while (this.lines.length <= this.row) this.lines.push([]);
  }
}

/** What the screen shows after each piece of output, with the second at which it came. */
function framesOf(output, delays) {
  const screen = new Screen();
  const frames = [];
  let [at, offset] = [0, 0];
  for (const [delay, length] of delays) {
    at += Math.min(delay, LONGEST);
    screen.write(output.subarray(offset, (offset += length)));
    frames.push({ at, svg: draw(screen.lines), lines: screen.lines.length });
  }
  return frames;
}

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function draw(lines) {
  return lines
    .map((line, row) => {
      const cells = Array.from(line, (cell) => cell ?? { character: " ", style: "" });
      const runs = [];
      for (const { character, style } of cells) {
        if (runs.at(-1)?.style === style) runs.at(-1).text += character;
        else runs.push({ style, text: character });
      }
      const spans = runs.map(({ style, text }) =>
        style === "" ? escape(text) : `<tspan class="${style}">${escape(text)}</tspan>`,
      );
      return spans.length === 0 ? "" : `<text y="${(row + 2) * 18}">${spans.join("")}</text>`;
    })
    .join("");
}

/** Some of the frames, evenly in time, each for as long as it was seen; a dot that moves is no new frame. */
function choose(frames) {
  const step = frames.at(-1).at / MAX_FRAMES;
  const chosen = frames.filter(({ at }, index) => {
    const next = frames[index + 1];
    return next === undefined || Math.floor(at / step) !== Math.floor(next.at / step);
  });
  return chosen.filter(({ svg }, index) => svg !== chosen[index - 1]?.svg);
}

const delays = readFileSync(timing, "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" ").map(Number));
const raw = readFileSync(log);
// `script` writes a line of its own before and after.
const output = raw.subarray(raw.indexOf("\n") + 1);
const frames = choose(framesOf(output, delays));
const total = frames.at(-1).at + END;
const percent = (seconds) => ((100 * seconds) / total).toFixed(2);
const height = (Math.max(...frames.map(({ lines }) => lines)) + 2) * 18;
const rules = frames.map(({ at }, index) => {
  const [from, to] = [index === 0 ? 0 : at, frames[index + 1]?.at ?? total];
  const hidden = index === 0 ? "" : `0%{visibility:hidden}`;
  const after = index === frames.length - 1 ? "" : `${percent(to)}%{visibility:hidden}`;
  return `@keyframes f${index}{${hidden}${percent(from)}%{visibility:visible}${after}}#f${index}{animation:f${index} ${total.toFixed(1)}s step-end infinite}`;
});

process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${COLUMNS * 8.5 + 24} ${height}" role="img" aria-label="A recording of ${escape(command)}, long waits cut short" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
<style>
.screen{fill:#f6f8fa;stroke:#d0d7de} text{fill:#1f2328;white-space:pre} .c2{fill:#1a7f37} .c3{fill:#9a6700} .c5{fill:#8250df} .c12{fill:#0969da} .c13{fill:#8250df} .s1{font-weight:600} .s4{text-decoration:underline}
@media (prefers-color-scheme:dark){.screen{fill:#0d1117;stroke:#30363d} text{fill:#e6edf3} .c2{fill:#3fb950} .c3{fill:#d29922} .c5,.c13{fill:#bc8cff} .c12{fill:#58a6ff}}
.frame{visibility:hidden}
${rules.join("\n")}
@media (prefers-reduced-motion:reduce){.frame{animation:none!important} #f${frames.length - 1}{visibility:visible}}
</style>
<rect class="screen" x="0.5" y="0.5" width="${COLUMNS * 8.5 + 23}" height="${height - 1}" rx="8"/>
<g transform="translate(12 6)"><text y="18">$ ${escape(command)}</text>
${frames.map(({ svg }, index) => `<g class="frame" id="f${index}">${svg}</g>`).join("\n")}
</g>
</svg>
`);
