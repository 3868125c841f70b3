import type { LaidOutRow } from '../dataset/open-dataset.js';
import { METRICS, type Metric } from '../domain/score.js';
import type { LoadedStudent } from '../engine/loaded-student.js';
import { scorableItems, scoredRows } from '../pipeline/score-items.js';
import { RememberingScorer } from '../scoring/remembering-scorer.js';
import { type ScoringOptions, scoreStream } from '../scoring/score-stream.js';
import { CountingScorer } from './counting-scorer.js';

/** How rows are scored, as `score` has it. */
export type WaysOfScoring = Omit<ScoringOptions, 'metrics'>;

/** What rows are to a student. */
export interface RowWork {
  /** Of each row, tokens of one forward pass per span. */
  readonly tokens: readonly number[];
  /** Spans of all of them. */
  readonly passes: number;
}

/** Counts what scoring a metric of these rows takes; rows of which nothing can be made take nothing. */
export async function countWork(
  student: LoadedStudent,
  rows: readonly LaidOutRow[],
  metric: Metric,
  ways: WaysOfScoring,
): Promise<RowWork> {
  const scorer = new CountingScorer(student);
  const items = itemsOf(rows, [metric], () => true);
  const tokens: number[] = [];
  for await (const { logicalTokens } of scoredRows(
    scoreStream(scorer, items, { ...ways, metrics: [metric] }),
  )) {
    tokens.push(logicalTokens);
  }
  return { tokens, passes: scorer.passes };
}

/** How fast a student scores, and in what pieces of time that was measured. */
export interface Speed {
  /** Tokens of one forward pass per span, a second. */
  readonly rate: number;
  readonly pieces: readonly number[];
  readonly rows: number;
  readonly seconds: number;
}

/** Pieces that the measured time is cut into, to see how far they differ. */
const PIECES = 5;
/** Rows that come back with less than this between them come back together. */
const BURST_MS = 2;

interface Mark {
  readonly at: number;
  readonly tokens: number;
}

/**
 * Scores rows for some seconds as `score` would. The beginning, until the first rows are back, and the end, when nothing
 * queues behind them, do not count, unless there is nothing between.
 * @param rows - In random order.
 */
export async function measureSpeed(
  student: LoadedStudent,
  rows: readonly LaidOutRow[],
  metrics: readonly Metric[],
  { seconds, ...ways }: WaysOfScoring & { readonly seconds: number },
): Promise<Speed> {
  const started = performance.now();
  let deadline = Number.POSITIVE_INFINITY;
  const items = itemsOf(rows, metrics, () => performance.now() < deadline);
  const marks: Mark[] = [{ at: started, tokens: 0 }];
  let tokens = 0;
  const scored = scoreStream(new RememberingScorer(student), items, { ...ways, metrics });
  for await (const { logicalTokens } of scoredRows(scored)) {
    const at = performance.now();
    if (tokens === 0) deadline = at + 1000 * seconds;
    tokens += logicalTokens;
    marks.push({ at, tokens });
  }
  const steady = burstEnds(marks.slice(1).filter(({ at }) => at <= deadline));
  const used = isLongEnough(steady) ? steady : marks;
  const [first, last] = [used[0]!, used.at(-1)!];
  return {
    rate: rateBetween(first, last),
    pieces: used === steady ? piecesOf(used) : [],
    rows: marks.length - 1,
    seconds: (last.at - first.at) / 1000,
  };
}

function itemsOf(rows: readonly LaidOutRow[], metrics: readonly Metric[], goOn: () => boolean) {
  async function* some() {
    for (const row of rows) {
      if (!goOn()) return;
      yield row;
    }
  }
  const nothingKnown = { lookup: async () => undefined };
  return scorableItems(some(), nothingKnown, { metrics, strict: false });
}

/** Whether there is anything to measure between the first rows and the last. */
function isLongEnough(marks: readonly Mark[]): boolean {
  const [first, last] = [marks[0], marks.at(-1)];
  return first !== undefined && last !== undefined && last.at - first.at > 500;
}

function rateBetween(first: Mark, last: Mark): number {
  return (last.tokens - first.tokens) / ((last.at - first.at) / 1000);
}

/** The rows of a window come back all at once; it is the last of them that says how much was done by then. */
function burstEnds(marks: readonly Mark[]): readonly Mark[] {
  return marks.filter(({ at }, i) => i === marks.length - 1 || marks[i + 1]!.at - at > BURST_MS);
}

/** The rates of pieces of equal length. */
function piecesOf(marks: readonly Mark[]): number[] {
  const [first, last] = [marks[0]!, marks.at(-1)!];
  const length = (last.at - first.at) / PIECES;
  const doneBy = (at: number) => marks.findLast((mark) => mark.at <= at + 1e-6)!.tokens;
  return Array.from({ length: PIECES }, (_, i) => {
    const start = first.at + i * length;
    return (doneBy(start + length) - doneBy(start)) / (length / 1000);
  });
}

/** The metrics that are asked for, in their usual order. */
export function inOrder(metrics: readonly Metric[]): readonly Metric[] {
  return METRICS.filter((metric) => metrics.includes(metric));
}
