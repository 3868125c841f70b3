import { METRICS, type Metric } from '../domain/score.js';
import type { Measurement } from '../selection/measurement.js';
import { ScoreColumn } from '../selection/score-column.js';
import { NumberList } from '../util/number-list.js';
import type { Moment } from './shown-row.js';
import { TextCodes } from './text-codes.js';

export const MOMENTS = ['before', 'after'] as const satisfies readonly Moment[];

/** What a survey knows of every row of a source. */
export interface SurveyedRow {
  /** What the row is known by, in whatever source: 16 hexadecimal digits. */
  readonly key: string;
  readonly before: Readonly<Record<Metric, Measurement>>;
  /** Of what a run selected. */
  readonly after: Readonly<Record<Metric, Measurement>>;
  /** Of the answer as it came; undefined where it was not scored. */
  readonly tokens: number | undefined;
  /** Of the answer as it came; undefined where there is none. */
  readonly characters: number | undefined;
  /** The nodes of the flow that it went through behind the first; empty where the scores decide. */
  readonly path: readonly string[];
  readonly group: string | undefined;
}

/** Between the nodes of a path. */
const JOINT = '\u0000';

/** The numbers of all rows of a source, some 80 bytes each, whatever the rows' texts. */
export class RowTable {
  readonly scores: Readonly<Record<Moment, Readonly<Record<Metric, ScoreColumn>>>> = {
    before: { ifd: new ScoreColumn(), rifd: new ScoreColumn() },
    after: { ifd: new ScoreColumn(), rifd: new ScoreColumn() },
  };
  readonly #keys = new NumberList();
  readonly #tokens = new NumberList();
  readonly #characters = new NumberList();
  readonly #paths = new TextCodes();
  readonly #pathOf = new NumberList();
  readonly #groups = new TextCodes();
  readonly #groupOf = new NumberList();

  get rows(): number {
    return this.#keys.length;
  }

  push({ key, before, after, tokens, characters, path, group }: SurveyedRow): void {
    this.#keys.push(keyNumber(key));
    for (const metric of METRICS) {
      this.scores.before[metric].push(before[metric]);
      this.scores.after[metric].push(after[metric]);
    }
    // no row has a length below 0, so that -1 says that there is none; it never leaves this class
    this.#tokens.push(tokens ?? -1);
    this.#characters.push(characters ?? -1);
    this.#pathOf.push(this.#paths.code(path.join(JOINT)));
    this.#groupOf.push(this.#groups.code(group ?? ''));
  }

  key(row: number): number {
    return this.#keys.at(row);
  }

  length(row: number, unit: 'tokens' | 'characters'): number | undefined {
    const length = (unit === 'tokens' ? this.#tokens : this.#characters).at(row);
    return length < 0 ? undefined : length;
  }

  /** In tokens where any row was scored: a row that was not has no length in them. */
  get lengthUnit(): 'tokens' | 'characters' {
    return this.#tokens.values().some((tokens) => tokens >= 0) ? 'tokens' : 'characters';
  }

  path(row: number): readonly string[] {
    const path = this.#paths.text(this.#pathOf.at(row));
    return path === '' ? [] : path.split(JOINT);
  }

  group(row: number): string {
    return this.#groups.text(this.#groupOf.at(row));
  }
}

/** A row's key as far as a number is exact: 52 of its 64 bits. */
export function keyNumber(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}
