import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChatScore } from '../../../src/domain/chat-score.js';
import { METRICS, type MetricScore, type SampleScore } from '../../../src/domain/score.js';
import { BUILT_IN_TEMPLATES } from '../../../src/prompt/built-in-templates.js';
import type { PromptTemplate } from '../../../src/prompt/conversation-renderer.js';
import { scorableWith, turnsToRecycle } from '../../../src/recycle/rows/recycled-turn.js';
import type { Scorable } from '../../../src/scoring/planner.js';
import { scoreStream } from '../../../src/scoring/score-stream.js';
import { collect } from '../../helpers/collect.js';
import { chatTemplate } from '../../prompt/chat/chat-golden.js';
import { FakeScorer } from '../../scoring/fake-scorer.js';
import { readRow } from './turns.js';

const content = fc.constantFrom('', 'a', ' b ', 'c\n', '<think>d</think>e', '</s>');
const call = { function: { name: 'f', arguments: '{"x":1}' } };
const message = fc.oneof(
  fc.record({ role: fc.constant('user'), content }),
  fc.record({ role: fc.constant('user'), content }),
  fc.record(
    {
      ...{ role: fc.constant('assistant'), content },
      ...{ reasoning_content: fc.constantFrom('why', ''), weight: fc.constantFrom(0, 1) },
      tool_calls: fc.constant([call]),
    },
    { requiredKeys: ['role', 'content'] },
  ),
  fc.record({ role: fc.constant('tool'), content }),
);
const anyRow = fc
  .record({
    system: fc.constantFrom('', 's'),
    tools: fc.constantFrom<readonly object[]>([], [{ name: 'f' }]),
    messages: fc.array(message, { minLength: 1, maxLength: 7 }),
  })
  .filter(({ messages }) => messages.some((each) => each.role === 'assistant' && !('weight' in each)));

async function scoreOf(sample: Scorable, template: PromptTemplate): Promise<SampleScore> {
  const [scored] = await collect(scoreStream(new FakeScorer(), [{ item: 0, sample }], { template }));
  return scored!.score;
}

/** A score without the sentence for people, or the reason that there is none. */
function told(score: MetricScore | undefined): unknown {
  return score?.kind === 'unscorable' ? score.reason : score;
}

describe('the score that decides a turn', () => {
  it.each<[string, PromptTemplate]>([
    ['alpaca', BUILT_IN_TEMPLATES.alpaca],
    ...(['chatml', 'hermes', 'qwen3', 'llama2'] as const).map((name): [string, PromptTemplate] => [
      name,
      chatTemplate(name),
    ]),
  ])(
    'is the turn’s own in the score of the conversation up to it, with the template %s',
    async (_, template) => {
      await fc.assert(
        fc.asyncProperty(anyRow, async (object) => {
          const row = readRow(object);
          if (row.kind !== 'conversation') throw new Error(row.kind);
          const { turns, tools } = row.conversation;
          for (const turn of turnsToRecycle(row, 'all')) {
            // a template may refuse what comes after the turn
            const untilThen = { turns: turns.slice(0, (turn.index ?? 1) + 1), tools };
            const whole = await scoreOf(untilThen, template);
            const own = await scoreOf(scorableWith(turn, turn.sample), template);
            const expected = isChatScore(whole)
              ? whole.turns.find((one) => one.turn === turn.index)!.metrics
              : whole.metrics;
            for (const metric of METRICS) expect(told(own.metrics[metric])).toEqual(told(expected[metric]));
          }
        }),
      );
    },
  );
});
