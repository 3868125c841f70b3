import type { Metric } from '../domain/score.js';
import type { Moment } from '../survey/shown-row.js';

/** From `from` on and below `to`; null is no bound. */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/** What is left of the rows when a part of a figure is chosen; read by the page's own code. */
export type RowFilter =
  | { readonly kind: 'score'; readonly moment: Moment; readonly metric: Metric; readonly range: Range }
  | { readonly kind: 'pair'; readonly ifd: Range; readonly rifd: Range }
  | { readonly kind: 'length'; readonly range: Range; readonly isKept: boolean }
  | { readonly kind: 'group'; readonly value: string }
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'reason'; readonly reason: string };

/** A part of a figure that can be chosen. */
export interface Mark {
  /** What it is and how many rows it stands for, in words. */
  readonly label: string;
  readonly filter: RowFilter;
}
