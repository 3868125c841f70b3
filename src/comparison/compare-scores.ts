import { METRICS, type Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { named } from '../options/option-name.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions } from '../options/required-options.js';
import { kendallTauB } from './kendall.js';
import { type MissingScores, type Pairs, pairScores } from './paired-scores.js';
import { spearman } from './spearman.js';
import { type TopOverlap, topOverlap } from './top-overlap.js';

/** Shares of the rows below the thresholds that are commonly trained on. */
export const TOP_PERCENTS = [5, 10, 15] as const;

/** How alike two files of scores are. What cannot be said of so few or so equal values is undefined. */
export interface ScoreComparison {
  readonly rows: {
    /** In both files. */
    readonly matched: number;
    /** In one file only. */
    readonly unmatched: readonly [a: number, b: number];
  };
  readonly metrics: Readonly<Record<Metric, MetricComparison>>;
  readonly top: readonly TopOverlap[];
  /** Rows with both metrics in both files, and those of them that pass the final filter of `run` in one file only. */
  readonly filter: { readonly rows: number; readonly differing: number };
}

export interface MetricComparison extends MissingScores {
  /** Rows with the metric in both files; all other figures are about them. */
  readonly rows: number;
  readonly spearman: number | undefined;
  readonly kendall: number | undefined;
  /** Rows with a value below 1 in one file and not in the other. */
  readonly differing: number;
}

/** The options of `compare`. */
export interface CompareOptions extends CommandOptions<'compare'> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares two files of scores of one dataset, e.g. by a student and by its quantized form, joined by a field.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read, naming file and line, or when they have
 * no row in common; `invalid_option`; `aborted`.
 */
export async function compareScores(
  a: string,
  b: string,
  options: CompareOptions = {},
): Promise<ScoreComparison> {
  const { joinBy } = readOptions('compare', options, ['signal']);
  const { matched, unmatched, metrics, columns, filter } = await pairScores(a, b, joinBy, options.signal);
  if (matched === 0) {
    throw new ReflectionError('dataset_unreadable', `No row of ${a} is in ${b}, judged by "${joinBy}".`, {
      remedy: `Score the same dataset twice, or name another field that rows share as ${named('joinBy')}.`,
    });
  }
  // as `select` does, which asks for no r-IFD where a file has none
  const judged = METRICS.filter((metric) => columns.every((side) => side[metric].hasAny));
  return {
    rows: { matched, unmatched },
    metrics: { ifd: compareMetric(metrics.ifd), rifd: compareMetric(metrics.rifd) },
    top: TOP_PERCENTS.map((percent) => topOverlap(...columns, percent, judged)),
    filter,
  };
}

function compareMetric({ a, b, missing }: Pairs & MissingScores): MetricComparison {
  return {
    rows: a.length,
    missing,
    spearman: spearman(a, b),
    kendall: kendallTauB(a, b),
    differing: a.reduce((count, value, row) => (value < 1 === b[row]! < 1 ? count : count + 1), 0),
  };
}

/** The metrics that both files have. */
export function comparedMetrics({ metrics }: ScoreComparison): readonly Metric[] {
  return METRICS.filter((metric) => metrics[metric].rows > 0);
}
