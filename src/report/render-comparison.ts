import { comparedMetrics, type ScoreComparison } from '../comparison/compare-scores.js';
import { METRIC_TITLES, METRICS, type Metric } from '../domain/score.js';
import { formatCount, formatShare } from '../util/format.js';
import { plainTable } from './plain-table.js';

/** A comparison for people: plain text, ending in a newline. */
export function renderComparison(comparison: ScoreComparison): string {
  const sections = [renderRows(comparison), renderRanks(comparison), renderChoices(comparison)];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderRows({ rows: { matched, unmatched }, metrics }: ScoreComparison): string {
  const line = (label: string, count: number) => (count > 0 ? [[label, formatCount(count)]] : []);
  return plainTable({
    head: ['rows in both files', formatCount(matched)],
    align: ['left', 'right'],
    rows: [
      ...line('only in the first', unmatched[0]),
      ...line('only in the second', unmatched[1]),
      ...METRICS.flatMap((metric) => {
        const { a, b, both } = metrics[metric].missing;
        return [
          ...line(`no ${METRIC_TITLES[metric]} in the first`, a),
          ...line(`no ${METRIC_TITLES[metric]} in the second`, b),
          ...line(`no ${METRIC_TITLES[metric]} in either`, both),
        ];
      }),
    ],
  });
}

/** One column a metric. */
function renderRanks(comparison: ScoreComparison): string {
  const compared = comparedMetrics(comparison);
  if (compared.length === 0) return '';
  const line = (label: string, cell: (metric: Metric) => string) => [label, ...compared.map(cell)];
  const { metrics } = comparison;
  return plainTable({
    head: ['ranks', ...compared.map((metric) => METRIC_TITLES[metric])],
    align: ['left', ...compared.map(() => 'right' as const)],
    rows: [
      line('rows', (metric) => formatCount(metrics[metric].rows)),
      line('Spearman', (metric) => coefficient(metrics[metric].spearman)),
      line('Kendall tau-b', (metric) => coefficient(metrics[metric].kendall)),
    ],
  });
}

/** What would be done differently with the second file's scores. */
function renderChoices({ metrics, filter, top }: ScoreComparison): string {
  const { ifd, rifd } = metrics;
  const line = (label: string, rows: number, differing: number, overlap = '') =>
    rows === 0 ? [] : [[label, formatShare(differing / rows), overlap]];
  const rows = [
    ...line('IFD below 1', ifd.rows, ifd.differing),
    ...line('r-IFD below 1', rifd.rows, rifd.differing),
    ...line('IFD and r-IFD below 1', filter.rows, filter.differing),
    ...top.flatMap(({ percent, chosen, differing, overlap }) =>
      chosen[0] + chosen[1] === 0
        ? []
        : [
            [
              `top ${percent}% of the rows below 1`,
              formatShare(differing),
              overlap === undefined ? '' : formatShare(overlap),
            ],
          ],
    ),
  ];
  if (rows.length === 0) return '';
  return plainTable({
    head: ['decision', 'rows it differs for', 'overlap'],
    align: ['left', 'right', 'right'],
    rows,
  });
}

function coefficient(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(4);
}
