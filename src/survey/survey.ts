import type { Metric } from '../domain/score.js';
import type { TeacherTotals } from '../recycle/run/run-state.js';
import type { Histogram } from './histogram.js';
import type { Moment } from './shown-row.js';

/** Everything there is to say in numbers of a scored file or of a finished run; plain JSON. */
export interface Survey {
  /** As the user named it. */
  readonly source: string;
  readonly kind: 'scores' | 'run';
  readonly rows: number;
  /** Rows that are selected: of a run as it decided, of a scored file by the thresholds of the report. */
  readonly kept: number;
  /** What the selection rests on, for people: `IFD below 1`. */
  readonly rule: readonly string[];
  /** A metric that no row has is missing. */
  readonly distributions: Readonly<Partial<Record<Metric, Distribution>>>;
  /** IFD against r-IFD of the rows as they came; absent where no row has both. */
  readonly pairs?: PairGrid;
  readonly lengths: Lengths;
  /** Rows by the field that was asked for. */
  readonly groups?: Groups;
  readonly flow: Flow;
  /** Why something has no score, or came to nothing: the commonest first. */
  readonly reasons: readonly ReasonCount[];
  /** Of a run with a teacher. */
  readonly teacher?: TeacherSurvey;
}

/** One metric over all rows; the histograms of both moments have the same edges. */
export type Distribution = Readonly<Partial<Record<Moment, MeasuredHistogram>>>;

export interface MeasuredHistogram extends Histogram {
  /** Values in all. */
  readonly count: number;
  readonly mean: number;
  /** Exact. */
  readonly quantiles: Quantiles;
  /** Of 0 to 1: values strictly above 1. */
  readonly shareAboveOne: number;
}

export interface Quantiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** Counts of rows by both metrics; what lies beyond the outer edges is counted at them. */
export interface PairGrid {
  readonly ifdEdges: readonly number[];
  readonly rifdEdges: readonly number[];
  /** [IFD bin][r-IFD bin] */
  readonly counts: readonly (readonly number[])[];
  readonly count: number;
  /** Spearman's rank correlation; null where one of them does not vary. */
  readonly spearman: number | null;
}

/** How long answers are, of kept and of dropped rows, in bins of equal width on a logarithmic scale. */
export interface Lengths {
  readonly unit: 'tokens' | 'characters';
  /** Of the bins: one more than there are counts. */
  readonly edges: readonly number[];
  readonly kept: readonly number[];
  readonly dropped: readonly number[];
  /** Null where there are none. */
  readonly medianKept: number | null;
  readonly medianDropped: number | null;
}

export interface Groups {
  readonly field: string;
  /** The largest first; what is beyond the first ones is put together in `others`. */
  readonly groups: readonly GroupSurvey[];
  readonly others: { readonly values: number; readonly rows: number };
}

export interface GroupSurvey {
  readonly value: string;
  readonly rows: number;
  readonly kept: number;
  readonly ifd: Quantiles | null;
  readonly rifd: Quantiles | null;
}

/** The selection as a flow: rows go from node to node until they are kept or dropped. */
export interface Flow {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

export interface FlowNode {
  readonly id: string;
  /** For people. */
  readonly label: string;
  readonly rows: number;
  /** What it is the end of, or `step` for what rows only go through. */
  readonly end: 'kept' | 'dropped' | 'step';
}

export interface FlowLink {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

export const REASON_KINDS = ['row', 'score', 'reflection'] as const;
/** What has the reason: a row that holds no sample, a score that could not be computed, a reflection that failed. */
export type ReasonKind = (typeof REASON_KINDS)[number];

export interface ReasonCount {
  readonly kind: ReasonKind;
  readonly reason: string;
  /** Rows it was found in. */
  readonly rows: number;
}

export interface TeacherSurvey {
  readonly totals: TeacherTotals;
  /** Sums after some of the replies, in the order in which they came; replies have no clock. */
  readonly course: readonly TeacherPoint[];
}

export interface TeacherPoint {
  readonly replies: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the replies whose price is known. */
  readonly cost: number;
}
