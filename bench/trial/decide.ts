import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS, recycle } from 'reflection-tuning';
import { variantsOf, withCandidates } from './candidates.js';
import { chooseSamples, type NumberedSample } from './choose-samples.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { plannedSequences } from './planned-sequences.js';
import { factsAbout, loadStudent } from './student.js';
import type { Measured, TrialTask } from './task.js';

const NOTHING_YET = { decodedTokens: 0, plannedTokens: 0, decodes: 0, outputRows: 0 };

/**
 * The full decision over four given candidates, as `run --mode score-only` takes it: state and outputs on disk
 * included, only those scores computed that it needs. The clock starts when the student is loaded; there is no
 * warm-up, which counts against us. `tokens` are those of the 16 passes that the decision takes without all that.
 */
export async function decideRows(task: TrialTask): Promise<Measured> {
  const chosen = await chooseSamples(task.rows);
  const tokens = await tokensOfAllPasses(task, chosen);
  const timed = await inTemporaryFolder((folder) => timeDecisions(folder, chosen, task));
  return { ...timed, tokens, rows: chosen.length, losses: [] };
}

async function tokensOfAllPasses(task: TrialTask, chosen: readonly NumberedSample[]): Promise<number> {
  await using student = await loadStudent(task, { contexts: 1 });
  const passes = await plannedSequences(student, chosen.flatMap(variantsOf), METRICS);
  return passes.flat().reduce((sum, { tokens }) => sum + tokens.length, 0);
}

async function timeDecisions(
  folder: string,
  chosen: readonly NumberedSample[],
  { model, threads }: TrialTask,
): Promise<Pick<Measured, 'seconds' | 'facts'>> {
  const dataset = join(folder, 'rows.jsonl');
  await writeFile(dataset, chosen.map((row) => `${JSON.stringify(withCandidates(row))}\n`).join(''));
  let started = 0;
  let readFacts: () => Measured['facts'] = () => ({});
  let facts: Measured['facts'] = {};
  await recycle({
    dataset,
    output: join(folder, 'run'),
    mode: 'score-only',
    ...{ student: model, threads, device: 'cpu', checkFile: false },
    onStart({ student }) {
      if (student !== null) readFacts = () => factsAbout(student, NOTHING_YET);
      started = performance.now();
    },
    onProgress() {
      facts = readFacts();
    },
  });
  return { seconds: (performance.now() - started) / 1000, facts };
}
