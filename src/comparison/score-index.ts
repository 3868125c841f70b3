import { hash } from 'node:crypto';
import { METRICS } from '../domain/score.js';
import type { ScoreColumns } from '../selection/choose-rows.js';
import { ScoreColumn } from '../selection/score-column.js';
import { NumberMap } from '../util/number-map.js';
import type { KeyedScores } from './keyed-scores.js';

/**
 * The scores of one file, to be found by key: some 60 bytes a row, whatever its text. Of several rows with one key the
 * first found is the first added, the next found the next.
 */
export class ScoreIndex {
  /** From the hash of a key and its how-manieth row to that row's place. */
  readonly #places = new NumberMap();
  readonly #added = new KeyCounter();
  readonly #taken = new KeyCounter();
  readonly #scores: ScoreColumns = { ifd: new ScoreColumn(), rifd: new ScoreColumn() };

  add({ key, scores }: KeyedScores): void {
    this.#places.set(hashOf(key, this.#added.next(key)), this.size);
    for (const metric of METRICS) this.#scores[metric].push(scores[metric]);
  }

  /** Rows added. */
  get size(): number {
    return this.#scores.ifd.length;
  }

  /** The scores of the next row with this key, or undefined when all of them were taken; a row is taken once. */
  take(key: string): KeyedScores['scores'] | undefined {
    const place = this.#places.get(hashOf(key, this.#taken.next(key)));
    if (place === undefined) return undefined;
    return { ifd: this.#scores.ifd.at(place), rifd: this.#scores.rifd.at(place) };
  }
}

/** Counts how often each key came. */
class KeyCounter {
  readonly #counts = new NumberMap();

  /** 0 the first time, then 1, ... */
  next(key: string): number {
    const slot = hashOf(key, 0);
    const count = this.#counts.get(slot) ?? 0;
    this.#counts.set(slot, count + 1);
    return count;
  }
}

/** As many bits as keep a number exact: of a million rows two share a hash once in ten thousand comparisons. */
function hashOf(key: string, occurrence: number): number {
  return Number.parseInt(hash('sha256', `${occurrence} ${key}`, 'hex').slice(0, 13), 16);
}
