// Draws docs/images/scores.svg, the README's picture: IFD against r-IFD of the scored example rows, by what their
// `kind` says of the answer.
//   node scripts/draw-scores.mjs demo-output/scores.jsonl docs/images/scores.svg
import { readFileSync, writeFileSync } from 'node:fs';

const PLOT = { left: 62, right: 836, top: 48, bottom: 428 };
const SIZE = { width: 860, height: 484 };
const IFD = { from: 0.1, to: 1.5 };
const RIFD = { from: 0.2, to: 1.9 };
const TICKS = { ifd: [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4], rifd: [0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8] };

/** Marks differ in shape as well as in colour; the last takes whatever kind is left. `left` is for the legend. */
const MARKS = [
  { kind: 'good', label: 'good answer', left: 68, path: 'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0' },
  { kind: 'mediocre', label: 'mediocre', left: 222, path: 'M0,-5L5,4L-5,4Z' },
  { kind: 'mismatched', label: 'answers another question', left: 346, path: 'M-4,-4H4V4H-4Z' },
  { kind: 'other', label: 'one word, repetition, markup', left: 576, path: 'M0,-5L5,0L0,5L-5,0Z' },
];

/** Rows that are named, and on which side of their mark. */
const NAMED = {
  'ex-045': { text: 'Why does ice float on water?', dx: -10, dy: 4, anchor: 'end' },
  'ex-103': { text: 'the offside trap, explained by glazes', dx: -10, dy: 4, anchor: 'end' },
  'ex-104': { text: '“Iron”: two tokens', dx: 9, dy: 4, anchor: 'start' },
  'ex-078': { text: 'dates as YYYY-MM-DD', dx: 2, dy: 19, anchor: 'middle' },
};

const STYLE = `
  svg { color-scheme: light dark; font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
  .paper { fill: #ffffff; stroke: #d0d7de; } .kept { fill: #eef6ee; } text { fill: #24292f; }
  .grid { stroke: #e6e9ec; } .one { stroke: #57606a; stroke-dasharray: 5 4; } .faint { fill: #57606a; }
  .good { fill: #0072b2; } .mediocre { fill: #e69f00; } .mismatched { fill: #c8320f; } .other { fill: #7d8590; }
  .mark { fill-opacity: 0.85; stroke: #ffffff; stroke-width: 0.8; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; stroke: #30363d; } .kept { fill: #12261a; } text { fill: #e6edf3; }
    .grid { stroke: #21262d; } .one { stroke: #9198a1; } .faint { fill: #9198a1; }
    .good { fill: #56b4e9; } .mediocre { fill: #f0b840; } .mismatched { fill: #ff7b55; } .other { fill: #9198a1; }
    .mark { stroke: #0d1117; }
  }`;

const x = (ifd) => scale(ifd, IFD, PLOT.left, PLOT.right);
const y = (rifd) => scale(rifd, RIFD, PLOT.bottom, PLOT.top);

function scale(value, { from, to }, start, end) {
  return Math.round((start + ((value - from) / (to - from)) * (end - start)) * 10) / 10;
}

function markOf(kind) {
  return MARKS.find((mark) => mark.kind === kind) ?? MARKS.at(-1);
}

function drawMark({ kind, path }, left, top) {
  return `<path class="mark ${kind}" transform="translate(${left} ${top})" d="${path}"/>`;
}

function drawRow({ id, kind, ifd_ppl, rifd_ppl }) {
  const mark = drawMark(markOf(kind), x(ifd_ppl), y(rifd_ppl));
  const name = NAMED[id];
  if (name === undefined) return mark;
  const at = `x="${x(ifd_ppl) + name.dx}" y="${y(rifd_ppl) + name.dy}"`;
  return `${mark}<text class="faint" ${at} text-anchor="${name.anchor}">${name.text}</text>`;
}

function drawAxes() {
  const { left, right, top, bottom } = PLOT;
  const columns = TICKS.ifd.map(
    (tick) =>
      `<path class="${tick === 1 ? 'one' : 'grid'}" d="M${x(tick)},${top}V${bottom}"/>` +
      `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`,
  );
  const lines = TICKS.rifd.map(
    (tick) =>
      `<path class="${tick === 1 ? 'one' : 'grid'}" d="M${left},${y(tick)}H${right}"/>` +
      `<text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const middle = (top + bottom) / 2;
  return [
    `<rect class="kept" x="${left}" y="${y(1)}" width="${x(1) - left}" height="${bottom - y(1)}"/>`,
    ...columns,
    ...lines,
    `<text x="${(left + right) / 2}" y="${bottom + 42}" text-anchor="middle">IFD: higher, more to learn</text>`,
    `<text transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">r-IFD: lower, a better fit</text>`,
    `<text class="faint" x="${left + 8}" y="${bottom - 10}">both below 1: passes the final filter of run</text>`,
  ];
}

function drawLegend(rows) {
  return MARKS.map((mark) => {
    const count = rows.filter(({ kind }) => markOf(kind) === mark).length;
    return `${drawMark(mark, mark.left, 26)}<text x="${mark.left + 12}" y="30">${mark.label}: ${count}</text>`;
  });
}

/** @param rows - Lines of a scored file, parsed. Rows that lack one of the two scores are left out. */
function drawScores(rows) {
  const drawn = rows.filter(({ ifd_ppl, rifd_ppl }) => ifd_ppl !== null && rifd_ppl !== null);
  const { width, height } = SIZE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>IFD and r-IFD of ${drawn.length} example rows, by the shipped student</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
    ...drawAxes(),
    ...drawLegend(drawn),
    ...drawn.map(drawRow),
    '</svg>\n',
  ].join('\n');
}

const [, , scores, picture] = process.argv;
const rows = readFileSync(scores, 'utf8').trimEnd().split('\n');
writeFileSync(picture, drawScores(rows.map((line) => JSON.parse(line))));
