import type { SampleRow } from '../dataset/row.js';
import { ReflectionError } from '../errors.js';
import type { SelectionPolicy } from '../selection/selection-policy.js';
import type { ProposalSource } from './proposal.js';
import { RowInHand } from './row-in-hand.js';
import type { RowStory } from './row-story.js';
import { settleAll } from './settle-all.js';
import type { ScoringNeed, StudentScores } from './student-scores.js';

export interface RecycleTools {
  readonly proposals: ProposalSource;
  readonly scores: StudentScores;
  readonly policy: SelectionPolicy;
  /** Make and score all four variants of every row, needed or not. Changes no decision. */
  readonly eager: boolean;
  /** Once it fires no round is begun. */
  readonly signal: AbortSignal;
}

/**
 * Decides the rows of a window, in rounds: whatever candidates the round needs are made, then all its scores are
 * computed in one job. What a job consists of follows from the rows alone, never from when a reply came.
 */
export async function recycleWindow(
  rows: readonly SampleRow[],
  tools: RecycleTools,
): Promise<readonly RowStory[]> {
  const hands = rows.map((row) => new RowInHand(row, tools.policy));
  for (let open = hands; ; ) {
    open = open.filter((hand) => !hand.isDecided);
    if (open.length === 0) return hands.map((hand) => hand.story());
    if (tools.signal.aborted) throw new ReflectionError('aborted', 'The run was interrupted.');
    await playRound(open, tools);
  }
}

async function playRound(
  hands: readonly RowInHand[],
  { proposals, scores, eager }: RecycleTools,
): Promise<void> {
  const wanted = await settleAll(
    hands.map(async (hand) => {
      const answers = [];
      for (const need of hand.nextNeeds(eager)) {
        answers.push({ hand, need, sample: await hand.obtain(need.variant, proposals) });
      }
      return answers;
    }),
  );
  const answers = wanted.flat();
  const needs = answers.flatMap(({ hand, need, sample }): ScoringNeed[] =>
    sample === undefined ? [] : [{ rowIdentity: hand.identity, sample, metric: need.metric }],
  );
  const measured = (await scores.measure(needs)).values();
  for (const { hand, need, sample } of answers) {
    hand.take(need, sample === undefined ? undefined : measured.next().value);
  }
}
