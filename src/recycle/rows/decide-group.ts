import type { SampleRow } from '../../dataset/row.js';
import { ReflectionError } from '../../errors.js';
import type { SelectionPolicy } from '../../selection/selection-policy.js';
import { settleAll } from '../../util/settle-all.js';
import type { ReflectionSource } from '../reflections/reflection.js';
import type { DecidedRow } from './decided-row.js';
import { DecidingRow } from './deciding-row.js';
import type { ScoringNeed, StudentScores } from './student-scores.js';

export interface DecidingTools {
  readonly reflections: ReflectionSource;
  readonly scores: StudentScores;
  readonly policy: SelectionPolicy;
  /** Make and score all four variants of every row, needed or not. Changes no decision. */
  readonly eager: boolean;
  /** Once it fires no step is begun. */
  readonly signal: AbortSignal;
}

/**
 * Decides the rows of a group, step by step: whatever candidates the step needs are made, then all its scores are
 * computed in one job. What a job consists of follows from the rows alone, never from when a reply came.
 */
export async function decideGroup(
  rows: readonly SampleRow[],
  tools: DecidingTools,
): Promise<readonly DecidedRow[]> {
  const deciding = rows.map((row) => new DecidingRow(row, tools.policy));
  for (let open = deciding; ; ) {
    open = open.filter((row) => !row.isDecided);
    if (open.length === 0) return deciding.map((row) => row.decided());
    if (tools.signal.aborted) throw new ReflectionError('aborted', 'The run was interrupted.');
    await takeStep(open, tools);
  }
}

async function takeStep(
  deciding: readonly DecidingRow[],
  { reflections, scores, eager }: DecidingTools,
): Promise<void> {
  const wanted = await settleAll(
    deciding.map(async (row) => {
      const answers = [];
      for (const need of row.nextNeeds(eager)) {
        answers.push({ row, need, sample: await row.obtain(need.variant, reflections) });
      }
      return answers;
    }),
  );
  const answers = wanted.flat();
  const needs = answers.flatMap(({ row, need, sample }): ScoringNeed[] =>
    sample === undefined ? [] : [{ rowIdentity: row.identity, sample, metric: need.metric }],
  );
  const measured = (await scores.measure(needs)).values();
  for (const { row, need, sample } of answers) {
    row.take(need, sample === undefined ? undefined : measured.next().value);
  }
}
