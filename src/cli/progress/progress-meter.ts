/** Running totals since the start of the input. */
export interface ProgressUpdate {
  /** Rows done, those taken over from an interrupted run included. */
  readonly rows: number;
  /** Bytes of the input up to the end of these rows. */
  readonly bytes: number;
  /** Logical tokens scored by this run, so none for rows taken over. */
  readonly tokens: number;
  /** Rows taken over from an interrupted run: they count as done, not as speed. */
  readonly reused: number;
}

/** What a run ends at: the end of the input, or a limit on its rows, whichever comes first. */
export interface ProgressGoal {
  /** Undefined of an input that does not tell, such as a pipe. */
  readonly totalBytes: number | undefined;
  readonly totalRows?: number | undefined;
}

export interface ProgressReading {
  readonly rows: number;
  /** Of the whole run, 0 to 1; undefined where its end is not known. */
  readonly shareDone: number | undefined;
  readonly rowsPerSecond: number;
  readonly tokensPerSecond: number;
  /** Undefined until this run has scored something. */
  readonly secondsLeft: number | undefined;
}

/** The work of this run alone at one time. */
interface Mark {
  /** Milliseconds. */
  readonly at: number;
  readonly rows: number;
  readonly tokens: number;
  readonly share: number;
}

const WINDOW_MS = 15_000;
/** Marks are this far apart, so that their number does not depend on how often progress is reported. */
const SPACING_MS = 250;

/**
 * Turns running totals into speed and time left, averaged over the 15 s (or the one step, if that took longer)
 * before the latest update. Between updates the reading stays what it was: a long batch is no standstill.
 */
export class ProgressMeter {
  readonly #goal: ProgressGoal;
  /** Oldest first; the first is the newest that is no younger than the window, or the start. */
  readonly #marks: Mark[];
  #latest: Mark;
  #update: ProgressUpdate = { rows: 0, bytes: 0, tokens: 0, reused: 0 };

  /** @param at when the work starts, in milliseconds on the clock of {@link update}. */
  constructor(goal: ProgressGoal, at: number) {
    this.#goal = goal;
    this.#latest = { at, rows: 0, tokens: 0, share: 0 };
    this.#marks = [this.#latest];
  }

  update(update: ProgressUpdate, at: number): void {
    const step = update.rows - this.#update.rows;
    const ownPart = step > 0 ? 1 - (update.reused - this.#update.reused) / step : 1;
    const advance = (this.#shareDone(update) ?? 0) - (this.#shareDone(this.#update) ?? 0);
    this.#latest = {
      at,
      rows: update.rows - update.reused,
      tokens: update.tokens,
      share: this.#latest.share + advance * ownPart,
    };
    this.#update = update;
    const marks = this.#marks;
    if (at - marks.at(-1)!.at >= SPACING_MS) marks.push(this.#latest);
    while (marks.length > 1 && marks[1]!.at <= at - WINDOW_MS) marks.shift();
  }

  read(): ProgressReading {
    const from = this.#marks[0]!;
    const to = this.#latest;
    const seconds = (to.at - from.at) / 1000;
    const rate = (amount: number) => (seconds > 0 ? amount / seconds : 0);
    const shareDone = this.#shareDone(this.#update);
    const sharePerSecond = rate(to.share - from.share);
    return {
      rows: this.#update.rows,
      shareDone,
      rowsPerSecond: rate(to.rows - from.rows),
      tokensPerSecond: rate(to.tokens - from.tokens),
      secondsLeft:
        sharePerSecond > 0 && shareDone !== undefined ? (1 - shareDone) / sharePerSecond : undefined,
    };
  }

  #shareDone({ rows, bytes }: ProgressUpdate): number | undefined {
    const { totalBytes, totalRows } = this.#goal;
    const shares = [
      ...(totalBytes === undefined ? [] : [share(bytes, totalBytes)]),
      ...(totalRows === undefined ? [] : [share(rows, totalRows)]),
    ];
    return shares.length === 0 ? undefined : Math.max(...shares);
  }
}

function share(done: number, total: number): number {
  return done < total ? done / total : 1;
}
