import type { RecycleProgress } from './recycle-options.js';

/** Adds up how far a run is. */
export class ProgressReport {
  readonly #counts: () => Pick<RecycleProgress, 'asked' | 'scored'>;
  readonly #tell: (progress: RecycleProgress) => void;
  #progress: RecycleProgress = { rows: 0, bytes: 0, asked: 0, scored: 0, reused: 0 };

  /**
   * @param counts - What this process has done so far.
   * @param tell - Told whenever rows are done.
   */
  constructor(
    counts: () => Pick<RecycleProgress, 'asked' | 'scored'>,
    tell: (progress: RecycleProgress) => void,
  ) {
    this.#counts = counts;
    this.#tell = tell;
  }

  get rows(): number {
    return this.#progress.rows;
  }

  /** A sweep begins, which comes by all rows once more. */
  restart(): void {
    this.#progress = { ...this.#progress, rows: 0, bytes: 0 };
  }

  add(rows: number, bytes: number): void {
    this.#report(this.#progress.rows + rows, this.#progress.bytes + bytes);
  }

  /** What follows the last row is white space. */
  finish(totalBytes: number): void {
    this.#report(this.#progress.rows, totalBytes);
  }

  /** Rows count as reused until this process does something itself. */
  #report(rows: number, bytes: number): void {
    const { asked, scored } = this.#counts();
    const reused = asked + scored === 0 ? rows : this.#progress.reused;
    this.#progress = { rows, bytes, asked, scored, reused };
    this.#tell(this.#progress);
  }
}
