import type { ShownRow } from '../survey/shown-row.js';
import type { Mark } from './row-filter.js';

/** What the page's own code is given, as JSON in an element that is not executed. */
export interface PageData {
  readonly sources: readonly PageSource[];
}

export interface PageSource {
  readonly name: string;
  readonly kind: 'scores' | 'run';
  /** Rows of the source, of which `rows` are shown. */
  readonly total: number;
  readonly rows: readonly ShownRow[];
  /** Of lengths. */
  readonly unit: 'tokens' | 'characters';
  /** What rows are grouped by. */
  readonly field: string | null;
  /** The marks of its figures, by the figure's name. */
  readonly marks: Readonly<Record<string, readonly Mark[]>>;
  /** Nodes of the flow as people call them. */
  readonly labels: Readonly<Record<string, string>>;
}
