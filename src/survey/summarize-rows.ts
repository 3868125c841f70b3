import { spearman } from '../comparison/spearman.js';
import { METRICS, type Metric } from '../domain/score.js';
import type { ScoreColumn } from '../selection/score-column.js';
import { NumberList } from '../util/number-list.js';
import { FlowCounter, KEPT } from './flow.js';
import { surveyGroups } from './groups.js';
import { binOf, histogram, niceEdges } from './histogram.js';
import { quantile, quantilesOf } from './quantiles.js';
import { MOMENTS, type RowTable } from './row-table.js';
import type { Distribution, Lengths, MeasuredHistogram, PairGrid, Survey } from './survey.js';

type Summarized = Pick<Survey, 'rows' | 'kept' | 'distributions' | 'pairs' | 'lengths' | 'groups' | 'flow'>;

/**
 * What there is to say of all rows of a source.
 * @param pathOf - The nodes of the flow behind the first, for every row.
 * @param field - What the groups are of; none without it.
 */
export function summarizeRows(
  table: RowTable,
  pathOf: (row: number) => readonly string[],
  field: string | undefined,
): Summarized {
  const flow = new FlowCounter();
  const isKept = new Uint8Array(table.rows);
  let kept = 0;
  for (let row = 0; row < table.rows; row++) {
    const path = pathOf(row);
    flow.add(path);
    if (path.at(-1) !== KEPT) continue;
    isKept[row] = 1;
    kept++;
  }
  const pairs = pairGrid(table);
  return {
    rows: table.rows,
    kept,
    distributions: Object.fromEntries(
      METRICS.flatMap((metric) => {
        const distribution = distributionOf(table, metric);
        return distribution === undefined ? [] : [[metric, distribution]];
      }),
    ),
    ...(pairs && { pairs }),
    lengths: lengthsOf(table, isKept),
    ...(field !== undefined && { groups: surveyGroups(table, isKept, field) }),
    flow: flow.flow(),
  };
}

function distributionOf(table: RowTable, metric: Metric): Distribution | undefined {
  const sorted = MOMENTS.map(
    (moment) => [moment, valuesOf(table.scores[moment][metric]).sort()] as const,
  ).filter(([, values]) => values.length > 0);
  if (sorted.length === 0) return undefined;
  const edges = commonEdges(sorted.map(([, values]) => values));
  return Object.fromEntries(sorted.map(([moment, values]) => [moment, measure(values, edges)]));
}

/** Edges that fit all of the lists of values. */
function commonEdges(lists: readonly Float64Array[]): readonly number[] {
  if (lists.length === 1) return niceEdges(lists[0]!);
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return niceEdges(all.sort());
}

function measure(sorted: Float64Array, edges: readonly number[]): MeasuredHistogram {
  let mean = 0;
  let aboveOne = 0;
  for (const [i, value] of sorted.entries()) {
    // a running mean: a few ratios near 1e308 would overflow a sum
    mean += (value - mean) / (i + 1);
    if (value > 1) aboveOne++;
  }
  return {
    ...histogram(sorted, edges),
    count: sorted.length,
    mean,
    quantiles: quantilesOf(sorted),
    shareAboveOne: aboveOne / sorted.length,
  };
}

/** The values of a column, without the rows that have none. */
function valuesOf(column: ScoreColumn): Float64Array {
  const values = new NumberList();
  for (let row = 0; row < column.length; row++) {
    const score = column.at(row);
    if (score.kind === 'value') values.push(score.value);
  }
  return values.values();
}

/** Of a grid, in each direction: a page holds all of its cells. */
const MOST_CELLS = 30;

function pairGrid(table: RowTable): PairGrid | undefined {
  const { ifd, rifd } = table.scores.before;
  const [ifds, rifds] = [new NumberList(), new NumberList()];
  for (let row = 0; row < table.rows; row++) {
    const [x, y] = [ifd.at(row), rifd.at(row)];
    if (x.kind !== 'value' || y.kind !== 'value') continue;
    ifds.push(x.value);
    rifds.push(y.value);
  }
  if (ifds.length === 0) return undefined;
  const [ifdEdges, rifdEdges] = [ifds, rifds].map((list) =>
    niceEdges(list.values().slice().sort(), MOST_CELLS),
  );
  const counts = ifdEdges!.slice(1).map(() => new Array<number>(rifdEdges!.length - 1).fill(0));
  for (let i = 0; i < ifds.length; i++) {
    counts[inner(binOf(ifds.at(i), ifdEdges!), ifdEdges!)]![
      inner(binOf(rifds.at(i), rifdEdges!), rifdEdges!)
    ]!++;
  }
  return {
    ifdEdges: ifdEdges!,
    rifdEdges: rifdEdges!,
    counts,
    count: ifds.length,
    spearman: spearman(ifds.values().slice(), rifds.values().slice()) ?? null,
  };
}

/** The bin itself, or the outermost one on the side on which a value lies. */
function inner(bin: number | 'below' | 'above', edges: readonly number[]): number {
  if (bin === 'below') return 0;
  return bin === 'above' ? edges.length - 2 : bin;
}

/** Bins of a factor of two. */
const BINS_PER_OCTAVE = 3;

function lengthsOf(table: RowTable, isKept: Uint8Array): Lengths {
  const unit = table.lengthUnit;
  const [kept, dropped] = [new NumberList(), new NumberList()];
  for (let row = 0; row < table.rows; row++) {
    const length = table.length(row, unit);
    if (length !== undefined && length > 0) (isKept[row] === 1 ? kept : dropped).push(length);
  }
  const sorted = [kept, dropped].map((list) => list.values().sort());
  const longest = Math.max(2, ...sorted.map((list) => list.at(-1) ?? 0));
  const bins = Math.floor(Math.log2(longest) * BINS_PER_OCTAVE) + 1;
  const counts = sorted.map((list) => {
    const inBins = new Array<number>(bins).fill(0);
    for (const length of list) inBins[Math.floor(Math.log2(length) * BINS_PER_OCTAVE)]!++;
    return inBins;
  });
  const medians = sorted.map((list) => (list.length === 0 ? null : quantile(list, 0.5)));
  return {
    unit,
    edges: Array.from({ length: bins + 1 }, (_, i) => 2 ** (i / BINS_PER_OCTAVE)),
    kept: counts[0]!,
    dropped: counts[1]!,
    medianKept: medians[0]!,
    medianDropped: medians[1]!,
  };
}
