/** A pure part of the program, run over many items at a time. */
export interface MicroCase {
  readonly name: string;
  /** What is counted: `row`, `request`, ... */
  readonly unit: string;
  /** Items of one run. */
  readonly items: number;
  /** One run; what it returns is kept, so that no work can be optimized away. */
  readonly run: () => unknown | Promise<unknown>;
}

export interface MicroResult {
  readonly name: string;
  readonly unit: string;
  /** Seconds an item, one for each sample of the `benchmark` package. */
  readonly samples: readonly number[];
}
