import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import {
  firstUnscorable,
  isTruncated,
  METRICS,
  type Metric,
  type MetricScore,
  spansOf,
  unscorableSample,
} from '../../src/domain/score.js';
import type { ScoreOptions, SpanRequest, TokenizeOptions } from '../../src/engine/scorer.js';
import { DEFINITION_NAMES } from '../../src/options/choices.js';
import { createTemplate, renderReversePrompt } from '../../src/prompt/template.js';
import type { SpanPlan } from '../../src/scoring/definition.js';
import { DEFINITIONS } from '../../src/scoring/definitions.js';
import { RememberingScorer } from '../../src/scoring/remembering-scorer.js';
import { scoreSamples } from '../../src/scoring/score-samples.js';
import { type ScorableItem, type ScoringOptions, scoreStream } from '../../src/scoring/score-stream.js';
import { collect } from '../helpers/collect.js';
import { FakeScorer, outcomeOf, POISON } from './fake-scorer.js';
import { fakeTokenizer } from './fake-tokenizer.js';
import { planSample } from './plan-sample.js';
import { anyMaxLength, anyMetrics, anySample, anyTemplate } from './sample-arbitraries.js';

const OPTIONS = {
  template: createTemplate('colon', '{instruction}:', '{instruction}({input}):'),
} satisfies ScoringOptions;

const DECIDED = unscorableSample(METRICS, {
  reason: 'malformed_json',
  detail: 'data.jsonl:3: not JSON',
});

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

/** What was asked of it, call by call; each call of either kind takes as many turns of the event loop as it is told. */
class TimedScorer extends FakeScorer {
  readonly asked: string[] = [];
  readonly #turns: readonly number[];
  #calls = 0;

  constructor(turns: readonly number[]) {
    super({ batchTokens: 4, parallelism: 2 });
    this.#turns = turns;
  }

  override async tokenize(texts: readonly string[], options?: TokenizeOptions) {
    await this.#wait();
    return await super.tokenize(texts, options);
  }

  override async score(requests: readonly SpanRequest[], options?: ScoreOptions) {
    this.asked.push(requests.map(({ tokens, begin, end }) => `${tokens} ${begin} ${end}`).join('\n'));
    await this.#wait();
    return await super.score(requests, options);
  }

  async #wait(): Promise<void> {
    const turns = this.#turns[this.#calls++ % this.#turns.length]!;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function scoreOf(row: Sample, options: Partial<ScoringOptions> = {}, scorer = new FakeScorer()) {
  const [score] = await collect(scoreSamples(scorer, [row], { ...OPTIONS, ...options }));
  return score!;
}

/** The score has just the spans that were planned, and their numbers. */
function expectScored(score: MetricScore, conditioned: SpanPlan, direct: SpanPlan, perToken: boolean): void {
  const numbers = (span: SpanPlan) => {
    if (span.kind === 'unscorable') return undefined;
    const { kind, ...expected } = outcomeOf(span, perToken);
    expect(kind).toBe('scored');
    return expected;
  };
  const [a, b] = [numbers(conditioned), numbers(direct)];
  if (a !== undefined && b !== undefined) {
    expect(score).toMatchObject({ kind: 'scored', conditioned: a, direct: b });
    return;
  }
  const reasons = [conditioned, direct].flatMap((span) => (span.kind === 'unscorable' ? [span.reason] : []));
  expect(score).toMatchObject({ kind: 'unscorable', reason: reasons[0] });
  const half = a ? { side: 'conditioned', span: a } : b && { side: 'direct', span: b };
  expect(score.kind === 'unscorable' && score.half).toEqual(half);
}

describe('scoreStream', () => {
  it('asks the same of the scorer in the same order, however long anything takes', async () => {
    // few different ones, so that some are remembered, and a memory of few, so that some are forgotten
    const row = fc.constantFrom('a', 'bc', 'def', `g${POISON}`).map((output) => sample({ output }));
    const turns = fc.array(fc.nat(12), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 60 }),
        turns,
        fc.integer({ min: 1, max: 6 }),
        async (rows, slow, capacity) => {
          const askedFor = async (turnsOfCalls: readonly number[]) => {
            const scorer = new TimedScorer(turnsOfCalls);
            await collect(scoreSamples(new RememberingScorer(scorer, capacity), rows, OPTIONS));
            return scorer.asked;
          };
          expect(await askedFor(slow)).toEqual(await askedFor([0]));
        },
      ),
    );
  });

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
              'metrics' in row ? { item, score: row } : { item, sample: row },
          );
          const asked: readonly Metric[] = metrics;
          const options = { template, metrics: asked, definition, perToken };
          const results = await collect(scoreStream(scorer, items, options));

          expect(results.map(({ item }) => item)).toEqual([...rows.keys()]);
          const settings = { template, maxLength, startToken: scorer.startToken };
          for (const [i, row] of rows.entries()) {
            const { score, logicalTokens } = results[i]!;
            if ('metrics' in row) {
              expect(score).toBe(row);
              expect(logicalTokens).toBe(0);
              continue;
            }
            const plans = planSample(DEFINITIONS[definition], row, metrics, settings, fakeTokenizer(false));
            expect(Object.keys(score.metrics)).toEqual(metrics);
            for (const [metric, plan] of plans) {
              expectScored(score.metrics[metric]!, plan.conditioned, plan.direct, perToken);
            }
            const spans = [...plans.values()].flatMap(({ conditioned, direct }) => [conditioned, direct]);
            const scored = spans.filter((span) => span.kind === 'span');
            expect(logicalTokens).toBe(scored.reduce((sum, { tokens }) => sum + tokens.length, 0));
            expect(firstUnscorable(score) === undefined).toBe(scored.length === spans.length);
            expect(isTruncated(score)).toBe(scored.some(({ truncated }) => truncated));
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

  it('ends a window early for items that are large beside their sample, decided or not', async () => {
    const characters = 2 ** 20;
    for (const more of [{ score: DECIDED }, { sample: sample() }]) {
      const source = endless((item) => ({ item, characters, ...more }));
      for await (const { item } of scoreStream(new FakeScorer({ batchTokens: 4096 }), source.items, OPTIONS))
        if (item === 10) break;
      // four of them fill a window, and four windows are under way
      expect(source.state.read).toBeLessThanOrEqual(28);
    }
  });

  it('asks for the requested metrics only', async () => {
    const { metrics } = await scoreOf(sample(), { metrics: ['ifd'] });
    expect(Object.keys(metrics)).toEqual(['ifd']);
    expect(metrics.ifd).toMatchObject({ kind: 'scored' });
  });

  it('scores each different span of a window once', async () => {
    const scorer = new FakeScorer({ batchTokens: 512 });
    const items = ['cde', 'fgh', 'cde'].map((output) => ({ item: output, sample: sample({ output }) }));
    const scored = await collect(scoreStream(scorer, items, { ...OPTIONS, perToken: true }));
    // the instruction by itself is a span of all three
    expect(scorer.calls).toEqual([7]);
    expect(scored.map(({ repeatedSpans }) => repeatedSpans)).toEqual([0, 1, 4]);
    expect(scored[2]!.score).toEqual(scored[0]!.score);
  });

  it.each([{ maxLenght: 9 }, { maxLength: 1 }, { metrics: ['ppl'] }])('refuses %j', async (options) => {
    const [option] = Object.keys(options);
    await expect(scoreOf(sample(), options as object)).rejects.toMatchObject({
      code: 'invalid_option',
      option,
    });
  });

  it('keeps log-probs when asked to', async () => {
    const spans = spansOf(await scoreOf(sample(), { perToken: true }));
    expect(Object.keys(spans)).toHaveLength(4);
    for (const { logprobs, sumLogprob, tokenCount } of Object.values(spans)) {
      expect(logprobs).toHaveLength(tokenCount);
      expect(logprobs!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(sumLogprob, 6);
    }
    expect(spansOf(await scoreOf(sample())).A_direct).not.toHaveProperty('logprobs');
  });

  it.each([
    ['empty_output', sample({ output: '' }), {}, []],
    ['empty_instruction', sample({ instruction: '' }), {}, ['A_condition', 'A_direct']],
    ['lone_surrogate', sample({ input: 'half \uD800' }), {}, []],
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
    expect(firstUnscorable(score)).toMatchObject({ reason, detail: expect.stringMatching(/./) });
    expect(Object.keys(spansOf(score)).sort()).toEqual(scored);
  });

  it('marks a cut answer', async () => {
    const row = sample({ output: 'abcdefgh' });
    const { metrics } = await scoreOf(row, { maxLength: 10, metrics: ['ifd'] });
    expect(metrics.ifd).toMatchObject({
      kind: 'scored',
      truncated: true,
      ...{ direct: { tokenCount: 5 }, conditioned: { tokenCount: 5 } },
    });
    expect((await scoreOf(row, { metrics: ['ifd'] })).metrics.ifd).toMatchObject({ truncated: false });
  });

  it('marks a cut question of a whole answer', async () => {
    const row = sample({ instruction: 'ask me' });
    const reversePrompt = renderReversePrompt(OPTIONS.template, row.output);
    const maxLength = 1 + fakeTokenizer(false)(reversePrompt).length + 3;
    const score = await scoreOf(row, { maxLength });
    expect(score.metrics).toMatchObject({
      ifd: { kind: 'scored', truncated: false, conditioned: { tokenCount: 3 } },
      rifd: { kind: 'scored', truncated: true, conditioned: { tokenCount: 3 } },
    });
    expect(isTruncated(score)).toBe(true);
  });

  it('never asks for more than the scorer can take', async () => {
    const scorer = new FakeScorer({ maxLength: 10 });
    const score = await scoreOf(
      sample({ output: 'abcdefgh' }),
      { maxLength: 1000, metrics: ['ifd'] },
      scorer,
    );
    expect(score.metrics.ifd).toMatchObject({ truncated: true, direct: { tokenCount: 5 } });
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
