import { METRICS, type Metric } from '../domain/score.js';
import { NumberList } from '../util/number-list.js';
import { acceptMetric, type FilterFailure } from './accept-metric.js';
import type { ScoreColumn } from './score-column.js';
import type { SelectionPolicy } from './selection-policy.js';
import { topPlaces } from './top-percent-by-ifd.js';

/** The scores of one dataset's rows. */
export type ScoreColumns = Readonly<Record<Metric, ScoreColumn>>;

/** Why a row is not chosen; `below_top` would be, were it not for the share to keep. */
export type ChoiceRejection = FilterFailure | 'below_top';

export interface RowChoice {
  /** 0-based, in the dataset's order. */
  readonly rows: Float64Array;
  /** In the order in which they came up, `below_top` last. */
  readonly rejections: Readonly<Partial<Record<ChoiceRejection, number>>>;
}

export interface ChoiceOptions {
  readonly policy: Pick<SelectionPolicy, 'maxIfd' | 'maxRifd'>;
  /** Of the rows that pass keep this share with the highest IFD, in percent; all of them unless told. */
  readonly top?: number | undefined;
  /** Thresholds of other metrics are left out; without it, that of r-IFD is where no row has any. */
  readonly metrics?: readonly Metric[];
}

/**
 * Chooses rows by scores of their own: those below the thresholds, a missing score never passing, and of these the top.
 * @throws {ReflectionError} `invalid_option` when `top` is not above 0 and at most 100.
 */
export function chooseRows(columns: ScoreColumns, { policy, top, metrics }: ChoiceOptions): RowChoice {
  // the final filter of a run asks for r-IFD first
  const judged = METRICS.toReversed().filter((metric) =>
    metrics === undefined ? metric === 'ifd' || columns[metric].hasAny : metrics.includes(metric),
  );
  const survivors = new NumberList();
  const ifds = new NumberList();
  const counts = new Map<ChoiceRejection, number>();
  for (let row = 0; row < columns.ifd.length; row++) {
    const ifd = columns.ifd.at(row);
    const failure = judged
      .map((metric) => acceptMetric(metric, columns[metric].at(row), policy))
      .find((verdict) => verdict !== 'passed');
    if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + 1);
    else if (ifd.kind === 'value') {
      survivors.push(row);
      ifds.push(ifd.value);
    }
  }
  if (top === undefined) return { rows: survivors.values(), rejections: Object.fromEntries(counts) };
  const places = topPlaces(ifds.values(), top);
  counts.set('below_top', survivors.length - places.length);
  return {
    rows: Float64Array.from(places, (place) => survivors.at(place)),
    rejections: Object.fromEntries(counts),
  };
}
