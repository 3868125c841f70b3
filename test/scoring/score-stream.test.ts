import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import { METRIC_SPANS, type SampleScore } from '../../src/domain/score.js';
import { SPAN_NAMES } from '../../src/domain/span-score.js';
import { createTemplate, renderReversePrompt } from '../../src/prompt/template.js';
import { DEFINITION_NAMES } from '../../src/scoring/definition.js';
import { scoreSamples } from '../../src/scoring/score-samples.js';
import {
  DEFINITIONS,
  type ScorableItem,
  type ScoringOptions,
  scoreStream,
} from '../../src/scoring/score-stream.js';
import { collect } from '../helpers/collect.js';
import { FakeScorer, outcomeOf, POISON } from './fake-scorer.js';
import { fakeTokenizer } from './fake-tokenizer.js';
import { anyMaxLength, anyMetrics, anySample, anyTemplate } from './sample-arbitraries.js';

const OPTIONS: ScoringOptions = {
  template: createTemplate('colon', '{instruction}:', '{instruction}({input}):'),
};

const DECIDED: SampleScore = {
  status: 'unscorable',
  reason: 'malformed_json',
  detail: 'data.jsonl:3: not JSON',
  spans: {},
  truncated: false,
};

const sample = (fields: Partial<Sample> = {}): Sample => ({
  instruction: 'ask',
  input: '',
  output: 'cde',
  ...fields,
});

/** More items than anyone should read. */
function endless<T>(itemOf: (index: number) => ScorableItem<T>) {
  const state = { read: 0, returned: false };
  function* items() {
    try {
      while (state.read < 10_000) yield itemOf(state.read++);
    } finally {
      state.returned = true;
    }
  }
  return { state, items: items() };
}

async function scoreOf(row: Sample, options: Partial<ScoringOptions> = {}, scorer = new FakeScorer()) {
  const [score] = await collect(scoreSamples(scorer, [row], { ...OPTIONS, ...options }));
  return score!;
}

describe('scoreStream', () => {
  it('gives every item the score of its own spans, in order', async () => {
    const anyItem = fc.oneof(
      { weight: 3, arbitrary: anySample },
      { weight: 1, arbitrary: fc.constant(DECIDED) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyItem, { maxLength: 30 }),
        anyTemplate,
        anyMetrics,
        fc.constantFrom(...DEFINITION_NAMES),
        anyMaxLength,
        fc.boolean(),
        async (rows, template, metrics, definition, maxLength, perToken) => {
          const scorer = new FakeScorer({ maxLength, batchTokens: 4 });
          const items = rows.map(
            (row, item): ScorableItem<number> =>
              'status' in row ? { item, score: row } : { item, sample: row },
          );
          const options = { template, metrics, definition, perToken };
          const results = await collect(scoreStream(scorer, items, options));

          expect(results.map(({ item }) => item)).toEqual([...rows.keys()]);
          const settings = { template, metrics, maxLength, startToken: scorer.startToken };
          for (const [i, row] of rows.entries()) {
            const { score, logicalTokens } = results[i]!;
            if ('status' in row) {
              expect(score).toBe(row);
              expect(logicalTokens).toBe(0);
              continue;
            }
            const { texts, plan, tokenize } = DEFINITIONS[definition];
            const ids = await scorer.tokenize(texts(row, settings), tokenize);
            const planned = plan(row, ids, settings);
            let tokens = 0;
            for (const name of SPAN_NAMES) {
              const span = planned[name];
              if (span?.kind === 'span') {
                const { kind, ...expected } = outcomeOf(span, perToken);
                expect(kind).toBe('scored');
                expect(score.spans[name]).toEqual(expected);
                tokens += span.tokens.length;
              } else {
                expect(score.spans).not.toHaveProperty(name);
              }
            }
            expect(logicalTokens).toBe(tokens);
            const spans = Object.values(planned);
            expect(score.status).toBe(spans.every(({ kind }) => kind === 'span') ? 'scored' : 'unscorable');
            expect(score.truncated).toBe(spans.some((span) => span.kind === 'span' && span.truncated));
          }
          expect(scorer.inFlight).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 3])(
    'overlaps calls, but reads a bounded part of an endless dataset, parallelism %d',
    async (parallelism) => {
      const scorer = new FakeScorer({ batchTokens: 16, parallelism });
      const source = endless((item) => ({ item, sample: sample({ instruction: `question ${item}` }) }));
      let furthestAhead = 0;
      let taken = 0;
      for await (const { item } of scoreStream(scorer, source.items, OPTIONS)) {
        expect(item).toBe(taken++);
        furthestAhead = Math.max(furthestAhead, source.state.read - taken);
        if (taken === 60) break;
      }
      expect(source.state.returned).toBe(true);
      expect(scorer.inFlight).toBe(0);
      expect(scorer.mostInFlight).toBeGreaterThan(parallelism);
      // each sample's texts have over 200 characters, and a window holds a few batches of 16 tokens
      expect(furthestAhead).toBeLessThan(10 * (parallelism + 1));
    },
  );

  it('bounds its reading also when there is nothing to score', async () => {
    const source = endless((item) => ({ item, score: DECIDED }));
    for await (const { item } of scoreStream(new FakeScorer(), source.items, OPTIONS))
      if (item === 100) break;
    expect(source.state.read).toBeLessThan(1000);
  });

  it('asks for the requested metrics only', async () => {
    const { status, spans } = await scoreOf(sample(), { metrics: ['ifd'] });
    expect(status).toBe('scored');
    expect(Object.keys(spans).sort()).toEqual(Object.values(METRIC_SPANS.ifd).sort());
  });

  it('keeps log-probs when asked to', async () => {
    const { spans } = await scoreOf(sample(), { perToken: true });
    for (const { logprobs, sumLogprob, tokenCount } of Object.values(spans)) {
      expect(logprobs).toHaveLength(tokenCount);
      expect(logprobs!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(sumLogprob, 6);
    }
    expect((await scoreOf(sample())).spans.A_direct).not.toHaveProperty('logprobs');
  });

  it.each([
    ['empty_output', sample({ output: '' }), {}, []],
    ['empty_instruction', sample({ instruction: '' }), {}, ['A_condition', 'A_direct']],
    ['prompt_too_long', sample({ instruction: 'ask for it' }), { maxLength: 8 }, []],
    ['reverse_prompt_too_long', sample(), { maxLength: 20 }, ['A_condition', 'A_direct']],
    ['not_finite', sample({ output: POISON }), {}, ['Q_condition', 'Q_direct']],
    ['not_finite', sample({ instruction: POISON }), {}, ['A_condition', 'A_direct']],
    [
      'no_target_tokens',
      sample({ output: 'c' }),
      { definition: 'reference' },
      ['A_condition', 'Q_condition', 'Q_direct'],
    ],
  ] as const)('says %s and keeps what could be scored', async (reason, row, options, scored) => {
    const score = await scoreOf(row, options);
    expect(score).toMatchObject({ status: 'unscorable', reason });
    expect(Object.keys(score.spans).sort()).toEqual(scored);
    if (score.status === 'unscorable') expect(score.detail).not.toBe('');
  });

  it('marks a cut answer', async () => {
    const row = sample({ output: 'abcdefgh' });
    expect(await scoreOf(row, { maxLength: 10, metrics: ['ifd'] })).toMatchObject({
      status: 'scored',
      truncated: true,
      spans: { A_direct: { tokenCount: 5 }, A_condition: { tokenCount: 5 } },
    });
    expect(await scoreOf(row, { metrics: ['ifd'] })).toMatchObject({ truncated: false });
  });

  it('marks a cut question of a whole answer', async () => {
    const row = sample({ instruction: 'ask me' });
    const reversePrompt = renderReversePrompt(OPTIONS.template, row.output);
    const maxLength = 1 + fakeTokenizer(false)(reversePrompt).length + 3;
    expect(await scoreOf(row, { maxLength })).toMatchObject({
      status: 'scored',
      truncated: true,
      spans: { A_condition: { tokenCount: 3 }, Q_condition: { tokenCount: 3 } },
    });
  });

  it('never asks for more than the scorer can take', async () => {
    const scorer = new FakeScorer({ maxLength: 10 });
    const score = await scoreOf(
      sample({ output: 'abcdefgh' }),
      { maxLength: 1000, metrics: ['ifd'] },
      scorer,
    );
    expect(score).toMatchObject({ truncated: true, spans: { A_direct: { tokenCount: 5 } } });
  });

  it('ends with the scorer’s error, the source given back and nothing left under way', async () => {
    const scorer = new FakeScorer();
    const controller = new AbortController();
    const source = endless((item) => ({ item, sample: sample() }));
    let taken = 0;
    const run = async () => {
      for await (const _ of scoreStream(scorer, source.items, { ...OPTIONS, signal: controller.signal })) {
        if (++taken === 5) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'aborted' });
    expect(taken).toBeGreaterThanOrEqual(5);
    expect(source.state.returned).toBe(true);
    expect(scorer.inFlight).toBe(0);
  });

  it('ends with the source’s error, after the calls under way', async () => {
    const scorer = new FakeScorer();
    async function* broken(): AsyncGenerator<Sample> {
      for (let i = 0; i < 40; i++) yield sample();
      throw new Error('unreadable');
    }
    await expect(collect(scoreSamples(scorer, broken(), OPTIONS))).rejects.toThrow('unreadable');
    expect(scorer.inFlight).toBe(0);
  });

  it('scores nothing from nothing', async () => {
    expect(await collect(scoreStream(new FakeScorer(), [], OPTIONS))).toEqual([]);
  });
});
