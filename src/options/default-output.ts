import { basename } from 'node:path';
import { type DatasetName, firstNameIn } from '../domain/dataset-name.js';
import { type FormatName, formatNamedBy, withoutEnding } from '../domain/format-name.js';

/** As an output's name: standard output. A file that is called so is `./-`. */
export const STANDARD_OUTPUT = '-';

/**
 * The file that scores go to unless another is named: in the current directory, under the dataset's name, or that of its
 * first file, with `.scored.jsonl` in place of its ending, or that of its format where this is none of JSON; of rows from
 * standard input (`-`), standard output (`-`).
 * @param format - Of the dataset, where its name does not tell.
 */
export function defaultScoresFile(dataset: DatasetName, format?: FormatName): string {
  const first = firstNameIn(dataset);
  if (first === '-') return STANDARD_OUTPUT;
  const name = basename(first);
  const known = format ?? formatNamedBy(name) ?? 'jsonl';
  return `${withoutEnding(name) || name}.scored.${known === 'json' ? 'jsonl' : known}`;
}
