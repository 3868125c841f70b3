import { hash } from 'node:crypto';
import { METRIC_TITLES, METRICS } from '../domain/score.js';
import type { SourceComparison } from '../survey/compare-sources.js';
import { flowLabel } from '../survey/flow.js';
import type { Survey } from '../survey/survey.js';
import { formatCount, formatShare } from '../util/format.js';
import { scriptJson } from '../util/script-json.js';
import type { Figure } from './figures/figure.js';
import { Html, html } from './html.js';
import type { PageAssets } from './page-assets.js';
import type { PageData } from './page-data.js';

/** A figure as the page shows it. */
export interface DrawnFigure {
  readonly figure: Figure;
  /** Place of its source, from 0 on. */
  readonly source: number;
  /** SVG for a wide page and for a phone. */
  readonly wide: string;
  readonly narrow: string;
}

export interface PageParts {
  readonly surveys: readonly Survey[];
  readonly comparisons: readonly SourceComparison[];
  readonly figures: readonly DrawnFigure[];
  readonly data: PageData;
  readonly assets: PageAssets;
}

/**
 * One page of HTML that needs nothing else. Its only script is ours, known to the page's content security policy by its
 * hash, and so is its style sheet: whatever is in the data, none of it is executed and nothing is fetched.
 */
export function renderPage({ surveys, comparisons, figures, data, assets }: PageParts): string {
  const { script, style } = assets;
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${surveys.map(({ source }) => source).join(', ')} · reflection-tuning</title>
<style>${new Html(style)}</style>
</head>
<body>
<main class="page">
<h1>${surveys.map(({ source }) => source).join(' and ')}</h1>
${surveys.map(lead)}
${surveys.length === 1 ? facts(surveys[0]!) : sideBySide(surveys)}
${comparisons.map((comparison) => differences(comparison, surveys))}
<h2>Figures</h2>
<p class="hint">Choose a bar, a cell or a branch to see its rows below.</p>
<div class="figures">
${figures.map((figure) => renderFigure(figure, surveys))}
</div>
${browser(surveys, data)}
</main>
<script type="application/json" id="data">${new Html(scriptJson(data))}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

function sourceHash(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** What a source is, in a sentence; it is named where there are several. */
function lead({ source, kind, rows, rule }: Survey, _: number, all: readonly Survey[]): Html {
  const what = kind === 'run' ? 'A run' : 'A scored file';
  const name = all.length === 1 ? html`` : html`<strong>${source}</strong>. `;
  const count = `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  return html`<p class="lead">${name}${what} of ${count}. Kept: ${rule.join(', ')}.</p>\n`;
}

function facts(survey: Survey): Html {
  const cards = factsOf(survey).map(
    ([name, value, note]) =>
      html`<div class="fact"><dt>${name}</dt><dd>${value} <small>${note}</small></dd></div>\n`,
  );
  return html`<dl class="facts">\n${cards}</dl>`;
}

/** The numbers that matter: a name, a value, and what it is of. */
function factsOf({ rows, kept, distributions, reasons, teacher }: Survey): [string, string, string][] {
  const medians = METRICS.flatMap((metric): [string, string, string][] => {
    const { before, after } = distributions[metric] ?? {};
    const title = METRIC_TITLES[metric];
    if (before === undefined) return [];
    const note =
      after === undefined
        ? `${formatShare(before.shareAboveOne)} above 1`
        : `selected ${after.quantiles.p50.toFixed(3)}`;
    return [[`median ${title}`, before.quantiles.p50.toFixed(3), note]];
  });
  const without = reasons
    .filter(({ kind }) => kind !== 'reflection')
    .reduce((sum, reason) => sum + reason.rows, 0);
  return [
    ['rows', formatCount(rows), ''],
    ['kept', formatCount(kept), rows === 0 ? '' : formatShare(kept / rows)],
    ...medians,
    ['without a score', formatCount(without), without === 0 ? '' : 'by reason below'],
    ...(teacher === undefined
      ? []
      : [
          [
            'teacher',
            formatCount(teacher.totals.promptTokens + teacher.totals.completionTokens),
            teacher.totals.cost > 0 ? `tokens, cost ${teacher.totals.cost.toFixed(4)}` : 'tokens',
          ] as [string, string, string],
        ]),
  ];
}

function sideBySide(surveys: readonly Survey[]): Html {
  const columns = surveys.map(
    (survey) => new Map(factsOf(survey).map(([name, value, note]) => [name, `${value} ${note}`])),
  );
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = names.map((name) => {
    const cells = columns.map((column) => html`<td>${column.get(name) ?? '–'}</td>`);
    return html`<tr><th scope="row">${name}</th>${cells}</tr>\n`;
  });
  const heads = surveys.map(({ source }) => html`<th scope="col">${source}</th>`);
  return html`<h2>Side by side</h2>
<div class="scroll"><table><thead><tr><th scope="col">of all rows</th>${heads}</tr></thead><tbody>\n${rows}</tbody></table></div>`;
}

/** More kinds of differences are not listed. */
const MOST_DIFFERENCES = 12;

function differences({ sources, matched, ...counts }: SourceComparison, surveys: readonly Survey[]): Html {
  const [first, second] = sources.map((place) => surveys[place]!.source) as [string, string];
  const { both, neither, firstOnly, secondOnly, differing } = counts;
  const rows = differing
    .slice(0, MOST_DIFFERENCES)
    .map(
      (pair) =>
        html`<tr><th scope="row">${outcomeLabel(pair.first)}</th><td>${outcomeLabel(pair.second)}</td><td>${formatCount(pair.rows)}</td></tr>\n`,
    );
  const table =
    rows.length === 0
      ? html``
      : html`<div class="scroll"><table><thead><tr><th scope="col">${first}</th><th scope="col">${second}</th><th scope="col">rows</th></tr></thead><tbody>\n${rows}</tbody></table></div>`;
  return html`<h2>Decisions that differ</h2>
<p>${formatCount(matched)} rows are in both ${first} and ${second}: ${formatCount(both)} are kept in both, ${formatCount(neither)} in
neither, ${formatCount(firstOnly)} only in the first, ${formatCount(secondOnly)} only in the second.</p>
${table}`;
}

function outcomeLabel(outcome: string): string {
  const [end, variant] = outcome.split(': ');
  return variant === undefined ? flowLabel(outcome) : `${end}: ${flowLabel(variant)}`;
}

function renderFigure({ figure, source, wide, narrow }: DrawnFigure, surveys: readonly Survey[]): Html {
  const { name, title, caption, legend } = figure;
  const whose = surveys.length === 1 ? html`` : html` <span class="whose">${surveys[source]!.source}</span>`;
  const entries = legend.map(([colour, meaning]) => html`<li class="is-${colour}">${meaning}</li>`);
  return html`<figure data-figure="${name}" data-source="${source}">
<figcaption><h3>${title}${whose}</h3><p class="caption">${caption}</p></figcaption>
${legend.length === 0 ? html`` : html`<ul class="legend">${entries}</ul>`}
<div class="wide">${new Html(accessible(wide, title))}</div>
<div class="narrow">${new Html(accessible(narrow, title))}</div>
</figure>
`;
}

/** The parts of a chart are buttons, so that the chart itself is a group of them. */
function accessible(svg: string, title: string): string {
  return svg.replace('<svg ', html`<svg role="group" aria-label="${title}" `.text);
}

const SORTS = [
  ['place', 'place in the file'],
  ['ifd', 'IFD'],
  ['rifd', 'r-IFD'],
  ['length', 'length of the answer'],
] as const;
const RUN_SORTS = [
  ['ifd-after', 'IFD of what was selected'],
  ['rifd-after', 'r-IFD of what was selected'],
] as const;

function browser(surveys: readonly Survey[], { sources }: PageData): Html {
  const sorts = [...SORTS, ...(surveys.some(({ kind }) => kind === 'run') ? RUN_SORTS : [])];
  const options = sorts.map(([value, name]) => html`<option value="${value}">${name}</option>`);
  const choice =
    sources.length === 1
      ? html``
      : html`<select id="source" aria-label="source">${sources.map(({ name }, i) => html`<option value="${i}">${name}</option>`)}</select>
<label class="check"><input type="checkbox" id="differing"> only decisions that differ</label>`;
  return html`<section id="browser" aria-labelledby="browser-title">
<h2 id="browser-title">Rows</h2>
${sources.map(sampling)}
<div class="tools">
${choice}
<input id="search" type="search" placeholder="search the texts" aria-label="search the texts" autocomplete="off">
<select id="sort" aria-label="sort by">${options}</select>
<button type="button" id="direction" aria-pressed="false">↑ smallest first</button>
<button type="button" id="clear">show all</button>
<button type="button" id="export">export keys</button>
<button type="button" id="previous" aria-label="previous row">‹</button>
<button type="button" id="next" aria-label="next row">›</button>
<span id="status" role="status"></span>
</div>
<div id="chips"></div>
<p class="hint"><kbd>j</kbd> <kbd>k</kbd> go through the rows, <kbd>/</kbd> searches, <kbd>Esc</kbd> shows all. The address names the row.</p>
<div class="panes">
<div class="list">
<p class="list-head"><span>row</span><span>IFD · r-IFD</span></p>
<div id="rows" role="listbox" tabindex="0" aria-label="rows"></div>
</div>
<article id="detail" aria-label="the chosen row"></article>
</div>
</section>`;
}

function sampling({ name, total, rows }: PageData['sources'][number]): Html {
  if (rows.length === total) return html`<p class="note">${name}: all ${formatCount(total)} rows.</p>\n`;
  return html`<p class="note">${name}: ${formatCount(rows.length)} of ${formatCount(total)} rows, some of every bar, branch and reason and
the others at random; the figures count all. Whatever is chosen, searched for or exported is of the rows shown.</p>\n`;
}
