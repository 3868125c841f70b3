import { readRows, type Sample } from 'reflection-tuning';
import type { RowChoice } from './task.js';

/** In a few dozen rows, one that fills a context would be a third of the work; such rows have tests of their own. */
const MOST_CHARACTERS = 2000;

export interface NumberedSample {
  /** Among the samples that are not too long. */
  readonly row: number;
  readonly sample: Sample;
}

/** The samples a choice names, in the dataset's order. */
export async function chooseSamples({ data, count, every }: RowChoice): Promise<readonly NumberedSample[]> {
  const chosen: NumberedSample[] = [];
  let row = 0;
  for await (const candidate of readRows(data)) {
    if (candidate.kind === 'bad' || !isFit(candidate.sample)) continue;
    if (row % every === 0) chosen.push({ row, sample: candidate.sample });
    row += 1;
    if (row >= count) break;
  }
  return chosen;
}

function isFit({ instruction, input, output }: Sample): boolean {
  return instruction !== '' && output !== '' && (instruction + input + output).length <= MOST_CHARACTERS;
}
