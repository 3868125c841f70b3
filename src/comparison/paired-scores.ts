import { METRICS, type Metric } from '../domain/score.js';
import { acceptMetric } from '../selection/accept-metric.js';
import type { ScoreColumns } from '../selection/choose-rows.js';
import { ScoreColumn } from '../selection/score-column.js';
import { DEFAULT_POLICY } from '../selection/selection-policy.js';
import { NumberList } from '../util/number-list.js';
import { type KeyedScores, keyedScores } from './keyed-scores.js';
import { ScoreIndex } from './score-index.js';

/** The values of one metric over the rows that have it in both files, in the order of the second. */
export interface Pairs {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Two files of scores, row by row. */
export interface PairedScores {
  /** Rows that are in both files. */
  readonly matched: number;
  /** Rows that the other file does not have. */
  readonly unmatched: readonly [a: number, b: number];
  readonly metrics: Readonly<Record<Metric, Pairs & MissingScores>>;
  /** Both metrics of the rows that have an IFD in both files, by each side, in the order of the second file. */
  readonly columns: readonly [a: ScoreColumns, b: ScoreColumns];
  /** Over the rows with both metrics in both files: the final filter of a selection. */
  readonly filter: { readonly rows: number; readonly differing: number };
}

/** Matched rows without a pair: how many of them have no score in the first file only, the second only, or both. */
export interface MissingScores {
  readonly missing: { readonly a: number; readonly b: number; readonly both: number };
}

/**
 * Pairs the scores of two files by a field of their rows. Only numbers are kept.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line; `aborted`.
 */
export async function pairScores(
  a: string,
  b: string,
  joinBy: string,
  signal?: AbortSignal,
): Promise<PairedScores> {
  const index = new ScoreIndex();
  for await (const row of keyedScores(a, joinBy, signal)) index.add(row);
  const pairing = new Pairing();
  let unmatched = 0;
  for await (const { key, scores } of keyedScores(b, joinBy, signal)) {
    const earlier = index.take(key);
    if (earlier === undefined) unmatched += 1;
    else pairing.add(earlier, scores);
  }
  return pairing.finish([index.size - pairing.matched, unmatched]);
}

type Scores = KeyedScores['scores'];

class Pairing {
  matched = 0;
  readonly #metrics = { ifd: new MetricPairs(), rifd: new MetricPairs() };
  readonly #columns = [emptyColumns(), emptyColumns()] as const;
  #filtered = 0;
  #differing = 0;

  add(a: Scores, b: Scores): void {
    this.matched += 1;
    for (const metric of METRICS) this.#metrics[metric].add(a[metric], b[metric]);
    if (a.ifd.kind === 'value' && b.ifd.kind === 'value') {
      for (const metric of METRICS) {
        this.#columns[0][metric].push(a[metric]);
        this.#columns[1][metric].push(b[metric]);
      }
    }
    if (!hasAll(a) || !hasAll(b)) return;
    this.#filtered += 1;
    if (passesFilter(a) !== passesFilter(b)) this.#differing += 1;
  }

  finish(unmatched: PairedScores['unmatched']): PairedScores {
    return {
      matched: this.matched,
      unmatched,
      metrics: { ifd: this.#metrics.ifd.finish(), rifd: this.#metrics.rifd.finish() },
      columns: this.#columns,
      filter: { rows: this.#filtered, differing: this.#differing },
    };
  }
}

function emptyColumns(): ScoreColumns {
  return { ifd: new ScoreColumn(), rifd: new ScoreColumn() };
}

class MetricPairs {
  readonly #a = new NumberList();
  readonly #b = new NumberList();
  readonly #missing = { a: 0, b: 0, both: 0 };

  add(a: Scores[Metric], b: Scores[Metric]): void {
    if (a.kind === 'value' && b.kind === 'value') {
      this.#a.push(a.value);
      this.#b.push(b.value);
    } else if (a.kind === 'value') this.#missing.b += 1;
    else if (b.kind === 'value') this.#missing.a += 1;
    else this.#missing.both += 1;
  }

  finish(): Pairs & MissingScores {
    return { a: this.#a.values(), b: this.#b.values(), missing: this.#missing };
  }
}

function hasAll(scores: Scores): boolean {
  return METRICS.every((metric) => scores[metric].kind === 'value');
}

/** The published selection's last step: both metrics strictly below 1. */
function passesFilter(scores: Scores): boolean {
  return METRICS.every((metric) => acceptMetric(metric, scores[metric], DEFAULT_POLICY) === 'passed');
}
