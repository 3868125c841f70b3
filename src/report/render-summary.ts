import { METRIC_TITLES, type Metric } from '../domain/score.js';
import { formatCompact, formatCount, formatDuration, formatShare } from '../util/format.js';
import type { MetricSummary } from './metric-statistics.js';
import { plainTable } from './plain-table.js';
import { REASON_TEXT } from './reason-text.js';
import { reasonsByCount } from './reasons-by-count.js';
import type { Summary } from './summarize.js';

/** What a summary does not know about the run that made it. */
export interface RunFacts {
  readonly student: string;
  readonly template: string;
  readonly output: string;
  /** Wall-clock time of the scoring, without the loading of the student. */
  readonly seconds: number;
  /** Tokens that this run would have decoded with one forward pass per span. */
  readonly logicalTokens: number;
  /** Tokens that it did decode; less where forward passes share their beginning. */
  readonly decodedTokens?: number | undefined;
  /** Tokens that packing and shared prefixes leave to decode: fewer than were decoded in a deterministic run. */
  readonly plannedTokens?: number | undefined;
  /** Spans that equal one scored before. */
  readonly reusedSpans?: number | undefined;
}

/** The end of a run for people: plain text in at most 80 columns (but for long paths), ending in a newline. */
export function renderSummary(summary: Summary, run: RunFacts): string {
  const sections = [
    renderRun(summary, run),
    renderRows(summary),
    renderScores(summary),
    explainScores(summary),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderRun({ rows, reused }: Summary, run: RunFacts): string {
  const { seconds, logicalTokens, decodedTokens, plannedTokens, reusedSpans = 0 } = run;
  const perSecond = (amount: number) => formatCompact(amount / seconds);
  const tokens =
    decodedTokens === undefined
      ? formatCompact(logicalTokens)
      : `${formatCompact(logicalTokens)}, of which ${formatCompact(decodedTokens)} had to be decoded`;
  return plainTable({
    align: ['left', 'left'],
    rows: [
      ['student', run.student],
      ['template', run.template],
      ['output', run.output],
      ['time', formatDuration(seconds)],
      ...(seconds > 0
        ? [['speed', `${perSecond(rows - reused)} rows/s, ${perSecond(logicalTokens)} tokens/s`]]
        : []),
      ['tokens', tokens],
      ...(reusedSpans > 0
        ? [['reused', `${formatCompact(reusedSpans)} spans, equal to one scored before`]]
        : []),
      ...renderCost(decodedTokens, plannedTokens),
    ],
  });
}

/** What decoding sequences by themselves cost. */
function renderCost(decoded = 0, planned = decoded): string[][] {
  if (decoded <= planned) return [];
  return [['cost', `${(decoded / planned).toFixed(2)} times the tokens that packing and sharing leave`]];
}

function renderRows({ rows, scored, unscorable, reasons, truncated, shortened, reused }: Summary): string {
  const line = (label: string, count: number, remark = '') => [
    label,
    formatCount(count),
    rows > 0 ? formatShare(count / rows) : '',
    remark,
  ];
  return plainTable({
    head: ['rows', formatCount(rows), '', ''],
    align: ['left', 'right', 'right', 'left'],
    rows: [
      line('scored', scored),
      line('unscorable', unscorable),
      ...reasonsByCount(reasons).map(([reason, count]) => line(`  ${reason}`, count, REASON_TEXT[reason])),
      ...(truncated > 0 ? [line('truncated', truncated, 'only the head was scored')] : []),
      ...(shortened > 0 ? [line('shortened', shortened, 'answers shown without the first turns')] : []),
      ...(reused > 0 ? [line('reused', reused, 'from the interrupted run')] : []),
    ],
  });
}

/** One column per metric: reads well whether there are one or two. */
function renderScores({ metrics }: Summary): string {
  const columns = Object.entries(metrics) as [Metric, MetricSummary][];
  if (columns.length === 0) return '';
  const line = (label: string, format: (metric: MetricSummary) => string) => [
    label,
    ...columns.map(([, metric]) => format(metric)),
  ];
  return plainTable({
    head: ['scores', ...columns.map(([name]) => METRIC_TITLES[name])],
    align: ['left', ...columns.map(() => 'right' as const)],
    rows: [
      line('rows', ({ count }) => formatCount(count)),
      line('above 1', ({ shareAboveOne }) => formatShare(shareAboveOne)),
      line('mean', ({ mean }) => formatScore(mean)),
      line('smallest', ({ min }) => formatScore(min)),
      line('5% below', ({ quantiles }) => formatScore(quantiles.p5)),
      line('25% below', ({ quantiles }) => formatScore(quantiles.p25)),
      line('median', ({ quantiles }) => formatScore(quantiles.p50)),
      line('75% below', ({ quantiles }) => formatScore(quantiles.p75)),
      line('95% below', ({ quantiles }) => formatScore(quantiles.p95)),
      line('largest', ({ max }) => formatScore(max)),
    ],
  });
}

function formatScore(value: number): string {
  return value < 100_000 ? value.toFixed(3) : value.toExponential(2);
}

function explainScores({ metrics }: Summary): string {
  const lines: string[][] = [];
  if (metrics.ifd !== undefined) {
    lines.push(
      ['IFD above 1', 'the instruction did not help the student predict the answer,'],
      ['', 'often because the two do not belong together'],
      ['IFD below 1', 'high: much to learn from the answer; low: already easy'],
    );
  }
  if (metrics.rifd !== undefined)
    lines.push(['r-IFD', 'the lower, the better the answer fits its instruction']);
  return lines.length === 0 ? '' : plainTable({ align: ['left', 'left'], rows: lines });
}
