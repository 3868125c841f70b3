import { METRICS, type Metric } from '../domain/score.js';
import { acceptMetric, type FilterFailure } from '../selection/accept-metric.js';
import { chooseRows, type RowChoice } from '../selection/choose-rows.js';
import { DEFAULT_POLICY, type SelectionPolicy } from '../selection/selection-policy.js';
import { KEPT } from './flow.js';
import type { RowTable } from './row-table.js';

/** What decides which rows of a scored file are kept, as `select` has it. */
export interface Thresholds extends Partial<Pick<SelectionPolicy, 'maxIfd' | 'maxRifd'>> {
  /** In percent of the rows that pass. */
  readonly top?: number | undefined;
}

export interface JudgedRows {
  /** The nodes of the flow behind the first, for every row. */
  readonly path: (row: number) => readonly string[];
  /** In words. */
  readonly rule: readonly string[];
}

/** Judges the rows of a scored file as `select` would, and tells how each of them went. */
export function judgeRows(table: RowTable, { top, ...given }: Thresholds): JudgedRows {
  const policy = { ...DEFAULT_POLICY, ...given };
  const columns = table.scores.before;
  const judged = METRICS.toReversed().filter((metric) => metric === 'ifd' || columns.rifd.hasAny);
  const failureOf = (row: number): { readonly passed: Metric[]; readonly failure?: FilterFailure } => {
    const passed: Metric[] = [];
    for (const metric of judged) {
      const verdict = acceptMetric(metric, columns[metric].at(row), policy);
      if (verdict !== 'passed') return { passed, failure: verdict };
      passed.push(metric);
    }
    return { passed };
  };
  const kept = top === undefined ? undefined : asSet(chooseRows(columns, { policy, top }), table.rows);
  return {
    path(row) {
      const { passed, failure } = failureOf(row);
      const steps = passed.map((metric) => `${metric}_passed`);
      if (failure !== undefined) return [...steps, failure];
      // what passes the last threshold is kept, unless a share decides
      if (kept === undefined) return [...steps.slice(0, -1), KEPT];
      return [...steps, kept[row] === 1 ? KEPT : 'below_top'];
    },
    rule: [
      ...judged.map((metric) => {
        const threshold = metric === 'ifd' ? policy.maxIfd : policy.maxRifd;
        const name = metric === 'ifd' ? 'IFD' : 'r-IFD';
        return Number.isFinite(threshold) ? `${name} below ${threshold}` : `any ${name}`;
      }),
      ...(top === undefined ? [] : [`of these the ${top}% with the highest IFD`]),
    ],
  };
}

function asSet({ rows }: RowChoice, size: number): Uint8Array {
  const set = new Uint8Array(size);
  for (const row of rows) set[row] = 1;
  return set;
}
