import { resolveModel } from '../models/resolve-model.js';
import { spreadOf } from '../report/statistics.js';
import { memoryBeyond } from '../study/figures.js';
import { type Round, resultOf, type Study } from '../study/study.js';
import { LONG_RUN_PARTS } from '../trial/long-run.js';
import type { StudySettings } from './study-settings.js';

export interface GrowthStudyOptions {
  /** Short rows through everything but the engine. */
  readonly rowsWithoutEngine: number;
  /** Short rows through everything. */
  readonly rows: number;
}

/** Parts at either end of a long run that are held against each other. */
const ENDS = 3;

/** What happens around the engine, and whether it grows with the number of rows; with the shipped student. */
export async function growthStudy(
  { rowsWithoutEngine, rows }: GrowthStudyOptions,
  { data, rounds }: StudySettings,
): Promise<Study> {
  const model = await resolveModel('tiny');
  const subject = 'shipped student, short rows';
  return {
    name: 'growth',
    title: `orchestration, ${subject}: ${rowsWithoutEngine} without the engine, ${rows} with it`,
    entries: [
      {
        ...{ name: 'orchestration', contender: 'orchestration', model, prompts: 0 },
        rows: { data, count: rowsWithoutEngine, every: 1 },
      },
      {
        ...{ name: 'long-run', contender: 'long-run', model, prompts: 0 },
        rows: { data, count: rows, every: 1 },
      },
    ],
    claims: [
      {
        what: 'orchestration: rows in to rows out without the engine',
        subject: `${subject}, ${rowsWithoutEngine} of them`,
        against: 'the whole run, per row',
        unit: 'percent',
        needs: ['orchestration', 'long-run'],
        measure: (round) => 100 * (secondsPerRow(round, 'orchestration') / secondsPerRow(round, 'long-run')),
        target: { direction: 'at most', done: 3 },
      },
      {
        what: 'tokens/s at the end of a long run',
        subject: `${subject}, ${rows} of them`,
        against: 'at its beginning',
        unit: 'percent',
        needs: ['long-run'],
        measure: endAgainstBeginning,
        target: { direction: 'at least', done: 97 },
      },
      {
        what: 'peak memory beyond the weights',
        subject: `${subject}, ${rowsWithoutEngine} of them`,
        against: '',
        unit: 'megabytes',
        needs: ['orchestration'],
        measure: memoryBeyond(model, 'orchestration'),
        target: { direction: 'at most', done: 600 },
      },
    ],
    rounds,
  };
}

function secondsPerRow(round: Round, name: string): number {
  const { seconds, rows } = resultOf(round, name);
  return seconds / rows;
}

function endAgainstBeginning(round: Round): number {
  const { facts } = resultOf(round, 'long-run');
  const speeds = Array.from({ length: LONG_RUN_PARTS }, (_, part) =>
    Number(facts[`tokensPerSecond${part + 1}`]),
  );
  return 100 * (spreadOf(speeds.slice(-ENDS)).median / spreadOf(speeds.slice(0, ENDS)).median);
}
