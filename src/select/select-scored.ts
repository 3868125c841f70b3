import { ReflectionError } from '../errors.js';
import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import type { OutputRow } from '../output/spell-row.js';
import { readScoredFile, type ScoredFile } from '../reference/read-analysis.js';
import { outputRow, type ReferenceRow } from '../reference/reference-rows.js';
import { type ReadScoresOptions, readObjectRows } from '../scores/read-scored-rows.js';
import { recordedScores } from '../scores/recorded-scores.js';
import { type ChoiceRejection, chooseRows } from '../selection/choose-rows.js';
import { ScoreColumn } from '../selection/score-column.js';
import { selectionPolicy } from '../selection/selection-policy.js';

/** What is selected from one scored file. */
export interface ScoredSelection {
  readonly count: number;
  readonly rejections: Readonly<Partial<Record<ChoiceRejection, number>>>;
  /**
   * The selected rows as they stand in the file, in its order, read anew.
   * @throws {ReflectionError} `dataset_unreadable` when the file is not what it was.
   */
  readonly rows: () => AsyncGenerator<OutputRow, void>;
}

const NAMES = ['maxIfd', 'maxRifd', 'top'] as const;

export interface SelectScoredOptions extends Options<(typeof NAMES)[number]>, ReadScoresOptions {}

/**
 * Selects the rows of one scored file that lie below the thresholds, in r-IFD as well where the file has any. The file
 * is read twice, and of each row only two numbers are kept in between. An analysis and its dataset are kept in memory.
 * @throws {ReflectionError} `dataset_unreadable`, also when there is no score in it; `invalid_option`; `aborted`.
 */
export async function selectScored(
  file: ScoredFile,
  { name = typeof file === 'string' ? file : file.dataset, signal, ...given }: SelectScoredOptions = {},
): Promise<ScoredSelection> {
  const { top, ...thresholds } = checkOptions(NAMES, given);
  const policy = selectionPolicy(thresholds);
  const records = await recordsOf(file, { name, signal });
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

async function recordsOf(file: ScoredFile, options: ReadScoresOptions): Promise<() => Records> {
  if (typeof file === 'string') return () => streamed(file, options);
  const { rows } = await readScoredFile(file, options.signal);
  return () => rows;
}

async function* streamed(file: string, options: ReadScoresOptions): AsyncGenerator<ReferenceRow, void> {
  for await (const row of readObjectRows(file, options)) yield { ...row, added: {} };
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
