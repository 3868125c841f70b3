import { ReflectionError } from '../errors.js';
import type { OutputRow } from '../output/spell-row.js';
import { readScoredFile, type ScoredFile } from '../reference/read-analysis.js';
import { outputRow, type ReferenceRow } from '../reference/reference-rows.js';
import { readObjectRows } from '../scores/read-scored-rows.js';
import { recordedScores } from '../scores/recorded-scores.js';
import { type ChoiceOptions, chooseRows, type RowChoice } from '../selection/choose-rows.js';
import { ScoreColumn } from '../selection/score-column.js';

/** What is selected from one scored file. */
export interface ScoredSelection extends Pick<RowChoice, 'rejections'> {
  readonly count: number;
  /**
   * The selected rows as they stand in the file, in its order, read anew.
   * @throws {ReflectionError} `dataset_unreadable` when the file is not what it was.
   */
  readonly rows: () => AsyncGenerator<OutputRow, void>;
}

export interface SelectScoredOptions extends Omit<ChoiceOptions, 'metrics'> {
  /** What messages call the file, where that is not what it is opened by. */
  readonly name?: string;
}

/**
 * Selects the rows of one scored file that lie below the thresholds, in r-IFD as well where the file has any. The file
 * is read twice, and of each row only two numbers are kept in between. An analysis and its dataset are kept in memory.
 * @throws {ReflectionError} `dataset_unreadable`, also when there is no score in it.
 */
export async function selectScored(
  file: ScoredFile,
  { policy, top, name = typeof file === 'string' ? file : file.dataset }: SelectScoredOptions,
): Promise<ScoredSelection> {
  const records = await recordsOf(file, name);
  const columns = { ifd: new ScoreColumn(), rifd: new ScoreColumn() };
  for await (const record of records()) {
    const { ifd, rifd } = recordedScores(record);
    columns.ifd.push(ifd);
    columns.rifd.push(rifd);
  }
  if (!columns.ifd.hasAny) throw nothingScored(name);
  const { rows, rejections } = chooseRows(columns, { policy, top });
  const count = columns.ifd.length;
  async function* selected(): AsyncGenerator<OutputRow, void> {
    let place = 0;
    let next = 0;
    for await (const record of records()) {
      if (place === rows[next]) {
        next += 1;
        yield outputRow(record);
      }
      place += 1;
    }
    if (place !== count) throw changed(name);
  }
  return { count: rows.length, rejections, rows: selected };
}

type Records = AsyncIterable<ReferenceRow> | Iterable<ReferenceRow>;

async function recordsOf(file: ScoredFile, name: string): Promise<() => Records> {
  if (typeof file === 'string') return () => streamed(file, name);
  const { rows } = await readScoredFile(file);
  return () => rows;
}

async function* streamed(file: string, name: string): AsyncGenerator<ReferenceRow, void> {
  for await (const row of readObjectRows(file, name)) yield { ...row, added: {} };
}

function changed(file: string): ReflectionError {
  return new ReflectionError('dataset_unreadable', `${file} has changed while rows were selected from it.`, {
    remedy: 'Run the command again once nothing writes to the file any more.',
  });
}

function nothingScored(file: string): ReflectionError {
  return new ReflectionError('dataset_unreadable', `No record of ${file} has an IFD.`, {
    remedy:
      'Its fields have to be named as in the research code: ifd_ppl, or ppl_A_condition and ppl_A_direct; ' +
      'a *_analysis.jsonl needs its dataset beside it.',
  });
}
