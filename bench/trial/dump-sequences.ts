import { writeFile } from 'node:fs/promises';
import { METRICS } from 'reflection-tuning';
import { variantsOf } from './candidates.js';
import { chooseSamples } from './choose-samples.js';
import { plannedSequences } from './planned-sequences.js';
import { loadStudent } from './student.js';
import type { TrialTask } from './task.js';

/**
 * Writes what a Python contender is to score: our tokenizer's ids, so that both score the very same tokens. For a
 * decision these are all spans of all four variants, 16 passes a row. Returns how many rows there are.
 */
export async function dumpSequences(task: TrialTask, file: string): Promise<number> {
  await using student = await loadStudent(task, { contexts: 1 });
  const chosen = await chooseSamples(task.rows);
  const rows = [];
  for (const numbered of chosen) {
    const sequences =
      task.contender === 'hf-decide'
        ? await plannedSequences(student, variantsOf(numbered), METRICS)
        : await plannedSequences(student, [numbered.sample], task.metrics);
    rows.push({
      row: numbered.row,
      sequences: sequences.flat().map(({ tokens, begin }) => ({ tokens: Array.from(tokens), begin })),
    });
  }
  await writeFile(file, JSON.stringify(rows));
  return rows.length;
}
