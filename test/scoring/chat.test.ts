import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChatScore, isChatScore, meanOverTurns } from '../../src/domain/chat-score.js';
import { type Conversation, conversationOf, textTurn } from '../../src/domain/conversation.js';
import { METRICS, type MetricScore, type SampleScore, type ScoredMetric } from '../../src/domain/score.js';
import { loss } from '../../src/domain/span-score.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { createTemplate, reverseInstruction } from '../../src/prompt/template.js';
import { type ScoringOptions, scoreStream } from '../../src/scoring/score-stream.js';
import { collect } from '../helpers/collect.js';
import { chatTemplate } from '../prompt/chat/chat-golden.js';
import { FakeScorer, outcomeOf } from './fake-scorer.js';
import { fakeTokenizer } from './fake-tokenizer.js';
import { anyMaxLength, anySample } from './sample-arbitraries.js';

const tokenize = fakeTokenizer(false);

/** As many tokens as the fake tokenizer makes of these, one after the other; `</s>` is a control token in a `template`. */
function tokensOf(...pieces: readonly (string | { readonly template: string })[]): number[] {
  return pieces.flatMap((piece) =>
    typeof piece === 'string' ? [...tokenize(piece)] : [...tokenize(piece.template, { parseSpecial: true })],
  );
}

function chat(...texts: readonly string[]): Conversation {
  return { turns: texts.map((text, i) => textTurn(i % 2 === 0 ? 'user' : 'assistant', text)), tools: [] };
}

async function scoreAll(
  subjects: readonly (Conversation | Parameters<typeof conversationOf>[0])[],
  options: ScoringOptions,
  scorer = new FakeScorer(),
) {
  const items = subjects.map((sample, i) => ({ item: i, sample }));
  return (await collect(scoreStream(scorer, items, options))).map(({ score }) => score as SampleScore);
}

async function scoreChat(conversation: Conversation, options: ScoringOptions, scorer?: FakeScorer) {
  const [score] = await scoreAll([conversation], options, scorer);
  if (!isChatScore(score!)) throw new Error(JSON.stringify(score));
  return score;
}

/** What the fake scorer says about a target behind a context. */
function expectedSpan(context: readonly number[], target: readonly number[], startToken = 0): SpanRequest {
  const tokens = Int32Array.from([startToken, ...context, ...target]);
  return { tokens, begin: 1 + context.length, end: tokens.length };
}

function expectSpans(
  score: MetricScore | undefined,
  conditioned: readonly number[],
  direct: readonly number[],
  target: readonly number[],
) {
  const { kind: _, ...first } = outcomeOf(expectedSpan(conditioned, target), false) as { kind: string };
  const { kind: __, ...second } = outcomeOf(expectedSpan(direct, target), false) as { kind: string };
  expect(score).toMatchObject({ kind: 'scored', conditioned: first, direct: second });
}

const { alpaca, none } = BUILT_IN_TEMPLATES;
const CHATML = chatTemplate('chatml');

describe('a conversation of one question', () => {
  it.each([
    ['alpaca', alpaca],
    ['none', none],
    ['its own template', CHATML],
    ['one that strips', chatTemplate('llama2')],
  ])('has exactly the score of the sample, with %s', async (_, template) => {
    await fc.assert(
      fc.asyncProperty(anySample, anyMaxLength, fc.boolean(), async (sample, maxLength, perToken) => {
        const options = { template, maxLength, perToken };
        const [asSample, asChat] = await scoreAll([sample, conversationOf(sample)], options);
        expect(asChat).toEqual(asSample);
        expect(asChat).not.toHaveProperty('turns');
      }),
    );
  });

  it('has the same IFD in both forms when it is a turn', async () => {
    const withTools = { ...chat('q', 'aa'), tools: [{ name: 'f' }] };
    const { turns } = await scoreChat(withTools, { template: chatTemplate('hermes') });
    expect(turns).toHaveLength(1);
    const [first] = (await scoreChat(chat('q', 'aa', 'r', 'b'), { template: CHATML })).turns;
    expect(first!.metrics.ifd_turn).toEqual(first!.metrics.ifd);
  });
});

describe('the turns of a conversation', () => {
  const conversation = chat('who?', 'me</s>', 'why?', 'so', 'and?', 'no');

  it('are scored after all that comes before, after all but the question, and alone', async () => {
    const { turns } = await scoreChat(conversation, { template: CHATML });
    expect(turns.map(({ turn, droppedTurns }) => [turn, droppedTurns])).toEqual([
      [1, 0],
      [3, 0],
      [5, 0],
    ]);
    const start = (role: string) => ({ template: `<|im_start|>${role}\n` });
    const next = (role: string) => ({ template: `<|im_end|>\n<|im_start|>${role}\n` });
    const [, second] = turns;
    const after = tokensOf(
      start('user'),
      'who?',
      next('assistant'),
      'me</s>',
      next('user'),
      'why?',
      next('assistant'),
    );
    const without = tokensOf(start('user'), 'who?', next('assistant'), 'me</s>', next('assistant'));
    expectSpans(second!.metrics.ifd, after, [], tokensOf('so'));
    expectSpans(second!.metrics.ifd_turn, after, without, tokensOf('so'));
    const asked = tokensOf(start('user'), reverseInstruction('so'), next('assistant'));
    expectSpans(second!.metrics.rifd, asked, [], tokensOf('why?'));
  });

  it('are so with a template of ours, too', async () => {
    const { turns } = await scoreChat(conversation, { template: none });
    const [, second, third] = turns;
    expectSpans(second!.metrics.ifd, tokensOf('who?\n', 'me</s>', '\nwhy?\n'), [], tokensOf('so'));
    expectSpans(
      second!.metrics.ifd_turn,
      tokensOf('who?\n', 'me</s>', '\nwhy?\n'),
      tokensOf('who?\n', 'me</s>', '\n'),
      tokensOf('so'),
    );
    expectSpans(third!.metrics.rifd, tokensOf(`${reverseInstruction('no')}\n`), [], tokensOf('and?'));
  });

  it('make up the figures of the whole: the mean over all tokens of the logarithm', async () => {
    const score = await scoreChat(conversation, { template: CHATML });
    for (const metric of METRICS) {
      const scored = score.turns.map(({ metrics }) => metrics[metric] as ScoredMetric);
      const tokens = scored.map(({ direct }) => direct.tokenCount);
      const total = tokens.reduce((sum, count) => sum + count, 0);
      const mean = scored.reduce((sum, { ratio }, i) => sum + (tokens[i]! / total) * Math.log(ratio), 0);
      const whole = score.metrics[metric] as ScoredMetric;
      expect(Math.log(whole.ratio)).toBeCloseTo(mean, 12);
      expect(whole.direct.tokenCount).toBe(total);
      expect(Math.log(whole.ratio)).toBeCloseTo(loss(whole.conditioned) - loss(whole.direct), 12);
    }
  });

  it('have per-token values that sum to the spans’', async () => {
    const { turns } = await scoreChat(conversation, { template: CHATML, perToken: true });
    for (const { metrics } of turns) {
      for (const score of Object.values(metrics)) {
        if (score.kind !== 'scored') throw new Error(score.detail);
        for (const { logprobs, sumLogprob, tokenCount } of [score.conditioned, score.direct]) {
          expect(logprobs).toHaveLength(tokenCount);
          expect(logprobs!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(sumLogprob, 9);
        }
      }
    }
  });

  it('do not depend on what is scored beside them, or on how it is packed', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '</s>', ':)'),
      minLength: 1,
      maxLength: 6,
    });
    const anyChat = fc
      .array(fc.tuple(text, text), { minLength: 1, maxLength: 4 })
      .map((exchanges) => chat(...exchanges.flat()));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyChat, { maxLength: 5 }),
        fc.constantFrom(alpaca, CHATML),
        async (chats, template) => {
          const alone = [];
          for (const one of chats) alone.push(...(await scoreAll([one], { template })));
          const together = await scoreAll(
            chats,
            { template },
            new FakeScorer({ batchTokens: 4, parallelism: 2 }),
          );
          expect(together).toEqual(alone);
          expect((await scoreAll(chats.toReversed(), { template })).toReversed()).toEqual(alone);
        },
      ),
    );
  });

  it('include what ends them when that is asked for', async () => {
    const template = chatTemplate('zephyr');
    const { turns } = await scoreChat(chat('q', 'a', 'r', 'b'), {
      template,
      endOfTurn: true,
      metrics: ['ifd'],
    });
    const context = tokensOf({ template: '<|user|>\n' }, 'q', { template: '</s>\n<|assistant|>\n' });
    expectSpans(turns[0]!.metrics.ifd, context, [], tokensOf('a', { template: '</s>' }));
    const whole = await scoreChat(chat('q', 'a', 'r', 'b'), { template: none, endOfTurn: true });
    expect(whole.metrics.ifd).toMatchObject({
      reason: 'template_refuses',
      detail: expect.stringContaining('`endOfTurn`'),
    });
  });

  it('leave their reasoning out when that is asked for', async () => {
    const template = CHATML;
    const thinking = chat('q', '<think>x</think>y');
    const [whole] = await scoreAll([thinking], { template, metrics: ['ifd'] });
    const [answer] = await scoreAll([thinking], { template, targets: 'answer', metrics: ['ifd'] });
    expect(whole!.metrics.ifd).toMatchObject({
      direct: { tokenCount: tokensOf('<think>x</think>y').length },
    });
    expect(answer!.metrics.ifd).toMatchObject({ direct: { tokenCount: 1 } });
    const [plain] = await scoreAll([thinking], { template: none, targets: 'answer', metrics: ['ifd'] });
    expectSpans(plain!.metrics.ifd, tokensOf('q\n', '<think>x</think>'), [], tokensOf('y'));
  });
});

describe('what cannot be scored', () => {
  it('is named, turn by turn, and leaves the rest of a conversation its score', async () => {
    const { turns, metrics } = await scoreChat(chat('', 'a', 'r', '', 's', 'c'), { template: CHATML });
    expect(turns.map(({ metrics: { ifd, rifd } }) => [reasonOf(ifd), reasonOf(rifd)])).toEqual([
      [undefined, 'empty_instruction'],
      ['empty_output', 'empty_output'],
      [undefined, undefined],
    ]);
    expect([metrics.ifd!.kind, metrics.rifd!.kind]).toEqual(['scored', 'scored']);
    expect((metrics.rifd as ScoredMetric).direct.tokenCount).toBe(1);
  });

  it('has the template’s reason', async () => {
    const wrong = {
      turns: [textTurn('user', 'q'), textTurn('user', 'q'), textTurn('assistant', 'a')],
      tools: [],
    };
    const { metrics, turns } = await scoreChat(wrong, { template: chatTemplate('gemma') });
    expect(metrics.ifd).toMatchObject({
      reason: 'template_refuses',
      detail: expect.stringContaining('take turns'),
    });
    expect(turns).toHaveLength(1);
  });

  it('is the part without a question where there is none, or the template has no place for it', async () => {
    const opening = {
      turns: [textTurn('assistant', 'hello'), textTurn('user', 'q'), textTurn('assistant', 'a')],
      tools: [],
    };
    const [first, second] = (await scoreChat(opening, { template: CHATML })).turns;
    expect([reasonOf(first!.metrics.ifd), reasonOf(first!.metrics.ifd_turn)]).toEqual([
      undefined,
      'empty_instruction',
    ]);
    expect(reasonOf(second!.metrics.ifd_turn)).toBeUndefined();
    const scene = { turns: [textTurn('system', 's'), ...chat('q', 'a').turns], tools: [] };
    const [only] = (await scoreChat(scene, { template: chatTemplate('llama2') })).turns;
    expect(only!.metrics.ifd).toMatchObject({ kind: 'scored' });
    expect(only!.metrics.ifd_turn).toMatchObject({ reason: 'template_refuses' });
  });

  it('puts an answer behind the prompt when the template lets it not follow another answer', async () => {
    const template = chatTemplate('llama2');
    const [, second] = (await scoreChat(chat('q', 'a', 'r', 'b'), { template })).turns;
    const history = [
      { template: '[INST] ' },
      'q',
      { template: ' [/INST] ' },
      'a',
      { template: ' </s>' },
    ] as const;
    const question = [{ template: '<s>[INST] ' }, 'r', { template: ' [/INST] ' }] as const;
    expectSpans(
      second!.metrics.ifd_turn,
      tokensOf(...history, ...question),
      tokensOf(...history),
      tokensOf('b'),
    );
  });

  it('is a conversation for the definition of the research code', async () => {
    const options = { template: alpaca, definition: 'reference' } as const;
    const [score] = await scoreAll([chat('q', 'a', 'r', 'b')], options);
    expect(score!.metrics.ifd).toMatchObject({ reason: 'not_a_sample' });
    const [one] = await scoreAll([chat('q', 'abc')], options);
    expect(one!.metrics.ifd).toMatchObject({ kind: 'scored' });
  });

  it('is a text no tokenizer can read', async () => {
    const [score] = await scoreAll([chat('q', 'a', '\ud800', 'b')], { template: CHATML });
    expect(score!.metrics.ifd).toMatchObject({ reason: 'lone_surrogate' });
  });
});

function reasonOf(score: MetricScore | undefined): string | undefined {
  return score?.kind === 'unscorable' ? score.reason : undefined;
}

describe('a conversation that is too long', () => {
  const exchanges = Array.from({ length: 6 }, (_, i) => [`question ${i}?`, `answer ${i}`]);
  const long = { turns: [textTurn('system', 'be.'), ...chat(...exchanges.flat()).turns], tools: [] };

  it.each([
    ['its own template', CHATML, [150, 250, 350]],
    ['a template of ours', none, [40, 60, 100]],
  ])(
    'shows each answer as many of the latest exchanges as fit, and the system prompt: %s',
    async (_, template, lengths) => {
      const whole = await scoreChat(long, { template, metrics: ['ifd'] });
      expect(whole.turns.every(({ droppedTurns }) => droppedTurns === 0)).toBe(true);
      for (const maxLength of lengths) {
        const cut = await scoreChat(long, { template, maxLength, metrics: ['ifd'] });
        for (const { turn, droppedTurns, metrics } of cut.turns) {
          const shown = await lastTurn(droppedTurns, turn, template);
          expect(metrics.ifd).toEqual(shown.metrics.ifd);
          expect(metrics.ifd).toMatchObject({ kind: 'scored', truncated: false });
          expect(await lengthOf(droppedTurns, turn, template)).toBeLessThanOrEqual(maxLength);
          if (droppedTurns > 0)
            expect(await lengthOf(droppedTurns - 2, turn, template)).toBeGreaterThan(maxLength);
        }
        expect(cut.turns.at(-1)!.droppedTurns).toBeGreaterThan(0);
      }
    },
  );

  function shortened(dropped: number, turn: number): Conversation {
    const [system, ...turns] = long.turns.slice(0, turn + 1);
    return { turns: [system!, ...turns.slice(dropped)], tools: [] };
  }

  async function lastTurn(dropped: number, turn: number, template: ScoringOptions['template']) {
    const { turns } = await scoreChat(shortened(dropped, turn), { template, metrics: ['ifd'] });
    return turns.at(-1)!;
  }

  /** Of the longest sequence that the scorer is asked for. */
  async function lengthOf(
    dropped: number,
    turn: number,
    template: ScoringOptions['template'],
  ): Promise<number> {
    let longest = 0;
    class Measuring extends FakeScorer {
      override score(...[requests, options]: Parameters<FakeScorer['score']>) {
        longest = Math.max(longest, ...requests.map(({ tokens }) => tokens.length));
        return super.score(requests, options);
      }
    }
    await scoreChat(shortened(dropped, turn), { template, metrics: ['ifd'] }, new Measuring());
    return longest;
  }

  it('is cut at the end of an answer that does not even fit behind its own question', async () => {
    const conversation = chat('q', 'a', 'question', 'a very long answer');
    const { turns, metrics } = await scoreChat(conversation, { template: none, maxLength: 16 });
    expect(turns[1]).toMatchObject({ droppedTurns: 2 });
    const context = tokensOf('question\n');
    const target = tokensOf('a very long answer').slice(0, 16 - 1 - context.length);
    expectSpans(turns[1]!.metrics.ifd, context, [], target);
    expect(turns[1]!.metrics.ifd).toMatchObject({ truncated: true });
    expect(turns[1]!.metrics.ifd_turn).toEqual(turns[1]!.metrics.ifd);
    expect(metrics.ifd).toMatchObject({ truncated: true });
    expect(reasonOf(turns[1]!.metrics.rifd)).toBe('reverse_prompt_too_long');
  });

  it('has no score where the question alone is too long', async () => {
    const { turns } = await scoreChat(chat('q', 'a', 'a very long question', 'b'), {
      template: none,
      maxLength: 10,
    });
    expect(turns.map(({ metrics }) => reasonOf(metrics.ifd))).toEqual([undefined, 'prompt_too_long']);
  });

  it('never asks for more than the scorer can take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 300 }),
        fc.constantFrom(none, CHATML),
        async (maxLength, template) => {
          class Strict extends FakeScorer {
            override score(...[requests, options]: Parameters<FakeScorer['score']>) {
              for (const { tokens } of requests) expect(tokens.length).toBeLessThanOrEqual(maxLength);
              return super.score(requests, options);
            }
          }
          const score: ChatScore = await scoreChat(long, { template, maxLength }, new Strict());
          expect(score.turns).toHaveLength(6);
        },
      ),
    );
  });
});

describe('the example in docs/chats.md', () => {
  /** Its log-probs, by the length of the context and the number of tokens of the answer. */
  const LOGPROBS: Readonly<Record<string, readonly number[]>> = {
    '2 2': [-0.5, -0.7],
    '0 2': [-2.0, -1.2],
    '6 3': [-0.3, -0.3, -0.6],
    '4 3': [-0.9, -0.6, -0.9],
    '0 3': [-3.0, -2.1, -1.5],
  };

  class Told extends FakeScorer {
    override async score(requests: readonly SpanRequest[]) {
      return requests.map(({ begin, end }) => {
        const sumLogprob = LOGPROBS[`${begin - 1} ${end - begin}`]!.reduce((sum, value) => sum + value, 0);
        return { kind: 'scored' as const, sumLogprob, tokenCount: end - begin };
      });
    }
  }

  it('has these figures', async () => {
    const template = createTemplate('bare', '{instruction}', '{instruction}{input}', {
      question: '',
      answer: '',
      separator: '',
    });
    const score = await scoreChat(chat('ab', 'cd', 'ef', 'ghi'), { template, metrics: ['ifd'] }, new Told());
    const ratio = (of: MetricScore | undefined) => (of as ScoredMetric).ratio.toFixed(3);
    expect(score.turns.map(({ metrics }) => [ratio(metrics.ifd), ratio(metrics.ifd_turn)])).toEqual([
      ['0.368', '0.368'],
      ['0.165', '0.670'],
    ]);
    expect(ratio(score.metrics.ifd)).toBe('0.228');
    expect(ratio(meanOverTurns(score.turns, 'ifd_turn'))).toBe('0.527');
  });
});
