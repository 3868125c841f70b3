import Database from 'better-sqlite3';
import { type MetricScore, scoredMetric } from '../../domain/score.js';
import { ReflectionError } from '../../errors.js';
import { inPresentSpelling } from '../../teacher/journal/earlier-spelling.js';
import type { TokenCounts } from '../../teacher/openai/pacing/token-counts.js';
import type { ReplyFailure, TeacherReply } from '../../teacher/teacher.js';
import { openDatabase, openDatabaseToRead, STATE_VERSION, unreadable, versionOf } from './state-database.js';

/** How far the latest sweep over the dataset is. */
export interface RunProgress {
  readonly rows: number;
  /** Of the dataset's file. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What the teacher has been asked in a run directory, all processes together. */
export interface TeacherTotals {
  readonly answered: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the replies whose price is known, to nine decimals. */
  readonly cost: number;
  /** Replies whose price is not known. */
  readonly unpriced: number;
  readonly retries: number;
  /** Of the replies that failed, the commonest reason first. */
  readonly failures: readonly FailureCount[];
}

export const NOTHING_ASKED: TeacherTotals = {
  ...{ answered: 0, failed: 0, promptTokens: 0, completionTokens: 0, cost: 0, unpriced: 0, retries: 0 },
  failures: [],
};

/** The replies that failed for one reason. */
export interface FailureCount {
  readonly reason: ReplyFailure;
  readonly count: number;
  /** What was said of most of them, in the server's own words where there are any. */
  readonly detail: string;
}

/** What one reply took. */
export interface ReplyCost extends TokenCounts {
  /** Null where no price is known. */
  readonly cost: number | null;
}

/**
 * What a run has got so far. Everything is kept under the hash of what it depends on, so nothing in here is ever
 * wrong, only unused. A write is on disk when its call returns: the log is synced at every commit
 * (`synchronous = FULL`), which a teacher's reply is worth and which makes a batch of scores all or nothing.
 */
export class RunState implements Disposable {
  readonly #path: string;
  readonly #database: Database.Database;
  /** False of a state that an earlier version has written and nobody has opened for writing since. */
  readonly #isRespelled: boolean;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  private constructor(path: string, database: Database.Database) {
    this.#path = path;
    this.#database = database;
    this.#isRespelled = versionOf(database) === STATE_VERSION;
  }

  /** Opens the state for writing, or a new one. @throws {ReflectionError} as {@link openDatabase} does. */
  static open(path: string): RunState {
    return new RunState(path, openDatabase(path));
  }

  /**
   * Opens the state for reading; undefined where nothing is kept yet.
   * @throws {ReflectionError} as {@link openDatabaseToRead} does.
   */
  static openToRead(path: string): RunState | undefined {
    const database = openDatabaseToRead(path);
    return database && new RunState(path, database);
  }

  reply(key: string): TeacherReply | undefined {
    const row = this.#row<{ reply: string }>('SELECT reply FROM replies WHERE key = ?', key);
    if (row === undefined) return undefined;
    const reply: unknown = JSON.parse(row.reply);
    return (this.#isRespelled ? reply : inPresentSpelling(reply)) as TeacherReply;
  }

  /** Does nothing when there is a reply under this key already. */
  keepReply(key: string, reply: TeacherReply): void {
    const { usage, retries, kind } = reply;
    this.#write(
      `INSERT OR IGNORE INTO replies (key, answered, prompt_tokens, completion_tokens, cost, retries, reply)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [
        [
          key,
          kind === 'answered' ? 1 : 0,
          usage.promptTokens,
          usage.completionTokens,
          usage.cost,
          retries,
          JSON.stringify(reply),
        ],
      ],
    );
  }

  /** Puts the replies that could not be used out of reach, so that they are asked for again; what they cost stays. */
  forgetFailed(): void {
    this.#write(`UPDATE replies SET key = key || ' ' || id WHERE answered = 0 AND instr(key, ' ') = 0`, [[]]);
  }

  /** The same for some of them. */
  forgetFailedAmong(keys: readonly string[]): void {
    this.#write(
      `UPDATE replies SET key = key || ' ' || id WHERE answered = 0 AND key = ?`,
      keys.map((key) => [key]),
    );
  }

  score(key: string): MetricScore | undefined {
    const row = this.#row<{ score: string }>('SELECT score FROM scores WHERE key = ?', key);
    return row && readScore(row.score);
  }

  /** All of them or, should the process die, none. */
  keepScores(scores: ReadonlyMap<string, MetricScore>): void {
    const rows = [...scores].map(([key, score]) => [key, spellScore(score)]);
    this.#write('INSERT OR IGNORE INTO scores (key, score) VALUES (?, ?)', rows);
  }

  get scoreCount(): number {
    return this.#row<{ count: number }>('SELECT count(*) AS count FROM scores')!.count;
  }

  get progress(): RunProgress | undefined {
    return this.#row<RunProgress>(
      'SELECT rows_done AS rows, bytes_done AS bytes, bytes_total AS totalBytes FROM progress',
    );
  }

  set progress({ rows, bytes, totalBytes }: RunProgress) {
    this.#write('INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?)', [[rows, bytes, totalBytes]]);
  }

  /** Costs are summed as integers, so that the sum does not depend on the order in which replies came. */
  get teacherTotals(): TeacherTotals {
    const totals = this.#row<Omit<TeacherTotals, 'failures'>>(
      `SELECT coalesce(sum(answered), 0) AS answered,
              count(*) - coalesce(sum(answered), 0) AS failed,
              coalesce(sum(prompt_tokens), 0) AS promptTokens,
              coalesce(sum(completion_tokens), 0) AS completionTokens,
              coalesce(sum(CAST(round(cost * 1e9) AS INTEGER)), 0) / 1e9 AS cost,
              count(*) - count(cost) AS unpriced,
              coalesce(sum(retries), 0) AS retries
       FROM replies`,
    )!;
    return { ...totals, failures: this.#failures() };
  }

  /** What each reply took, in the order in which they came. */
  *replyCosts(): Generator<ReplyCost, void> {
    const sql = `SELECT prompt_tokens AS promptTokens, completion_tokens AS completionTokens, cost
                 FROM replies ORDER BY id`;
    try {
      yield* this.#prepare(sql).iterate() as IterableIterator<ReplyCost>;
    } catch (cause) {
      throw cause instanceof Database.SqliteError ? unreadable(this.#path, cause) : cause;
    }
  }

  #failures(): readonly FailureCount[] {
    const rows = this.#rows<FailureCount>(
      `SELECT json_extract(reply, '$.reason') AS reason, json_extract(reply, '$.detail') AS detail, count(*) AS count
       FROM replies WHERE answered = 0 GROUP BY reason, detail ORDER BY count DESC, reason, detail`,
    );
    const byReason = new Map<ReplyFailure, FailureCount>();
    for (const row of rows) {
      const known = byReason.get(row.reason);
      byReason.set(row.reason, known === undefined ? row : { ...known, count: known.count + row.count });
    }
    return [...byReason.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  }

  /** What the replies took whose price is not known. */
  get unpricedTokens(): TokenCounts {
    return this.#row<TokenCounts>(
      `SELECT coalesce(sum(prompt_tokens), 0) AS promptTokens,
              coalesce(sum(completion_tokens), 0) AS completionTokens
       FROM replies WHERE cost IS NULL`,
    )!;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #prepare(sql: string): Database.Statement<unknown[]> {
    const known = this.#statements.get(sql) ?? this.#database.prepare<unknown[]>(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #row<T>(sql: string, ...parameters: readonly unknown[]): T | undefined {
    try {
      return this.#prepare(sql).get(...parameters) as T | undefined;
    } catch (cause) {
      throw cause instanceof Database.SqliteError ? unreadable(this.#path, cause) : cause;
    }
  }

  #rows<T>(sql: string): readonly T[] {
    try {
      return this.#prepare(sql).all() as T[];
    } catch (cause) {
      throw cause instanceof Database.SqliteError ? unreadable(this.#path, cause) : cause;
    }
  }

  #write(sql: string, rows: readonly (readonly unknown[])[]): void {
    try {
      const statement = this.#prepare(sql);
      this.#database.transaction(() => {
        for (const row of rows) statement.run(...row);
      })();
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError)) throw cause;
      throw new ReflectionError('output_unwritable', `Cannot write ${this.#path}: ${cause.message}.`, {
        remedy: 'Check the disk it lies on, then run the same command again; what it holds is kept.',
        cause,
      });
    }
  }
}

/** A ratio follows from its spans, and JSON has no Infinity. */
function spellScore(score: MetricScore): string {
  return JSON.stringify({ ...score, ratio: undefined });
}

function readScore(text: string): MetricScore {
  const score = JSON.parse(text) as MetricScore;
  return score.kind === 'scored' ? scoredMetric(score.conditioned, score.direct, score.truncated) : score;
}
