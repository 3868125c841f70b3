import { basename } from 'node:path';

/** As an output's name: standard output. A file that is called so is `./-`. */
export const STANDARD_OUTPUT = '-';

/**
 * The file that scores go to unless another is named: in the current directory, under the dataset's name with
 * `.scored.jsonl` in place of `.jsonl` or `.json`, be it compressed (`.gz`) or not; of rows from standard input (`-`),
 * standard output (`-`).
 */
export function defaultScoresFile(dataset: string): string {
  if (dataset === '-') return STANDARD_OUTPUT;
  const name = basename(dataset);
  return `${name.replace(/(?<=.)(\.jsonl?)?(\.gz)?$/, '')}.scored.jsonl`;
}
