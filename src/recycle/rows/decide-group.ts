import { ReflectionError } from '../../errors.js';
import type { SelectionPolicy } from '../../selection/selection-policy.js';
import { settleAll } from '../../util/settle-all.js';
import type { ReflectionSource } from '../reflections/reflection.js';
import type { DecidedTurn } from './decided-turn.js';
import { DecidingTurn } from './deciding-turn.js';
import type { RecycledTurn } from './recycled-turn.js';
import type { ScoringNeed, StudentScores } from './student-scores.js';

export interface DecidingTools {
  readonly reflections: ReflectionSource;
  readonly scores: StudentScores;
  readonly policy: SelectionPolicy;
  /** Make and score all four variants of every turn, needed or not. Changes no decision. */
  readonly eager: boolean;
  /** Once it fires no step is begun. */
  readonly signal: AbortSignal;
}

/**
 * Decides the turns of a group's rows, step by step: whatever candidates the step needs are made, then all its scores are
 * computed in one job. What a job consists of follows from the rows alone, never from when a reply came.
 */
export async function decideGroup(
  turns: readonly RecycledTurn[],
  tools: DecidingTools,
): Promise<readonly DecidedTurn[]> {
  const deciding = turns.map((turn) => new DecidingTurn(turn, tools.policy));
  for (let open = deciding; ; ) {
    open = open.filter((turn) => !turn.isDecided);
    if (open.length === 0) return deciding.map((turn) => turn.decided());
    if (tools.signal.aborted) throw new ReflectionError('aborted', 'The run was interrupted.');
    await takeStep(open, tools);
  }
}

async function takeStep(
  deciding: readonly DecidingTurn[],
  { reflections, scores, eager }: DecidingTools,
): Promise<void> {
  const wanted = await settleAll(
    deciding.map(async (turn) => {
      const answers = [];
      for (const need of turn.nextNeeds(eager)) {
        answers.push({ turn, need, sample: await turn.obtain(need.variant, reflections) });
      }
      return answers;
    }),
  );
  const answers = wanted.flat();
  const needs = answers.flatMap(({ turn, need, sample }): ScoringNeed[] =>
    sample === undefined ? [] : [turn.scoring(need.metric, sample)],
  );
  const measured = (await scores.measure(needs)).values();
  for (const { turn, need, sample } of answers) {
    turn.take(need, sample === undefined ? undefined : measured.next().value);
  }
}
