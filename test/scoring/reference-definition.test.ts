import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import { METRIC_SPANS, METRICS, type Metric, SPAN_SIDES } from '../../src/domain/score.js';
import type { SpanName } from '../../src/domain/span-score.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { createTemplate, type Template } from '../../src/prompt/template.js';
import type { SpanPlan } from '../../src/scoring/definition.js';
import { REFERENCE_DEFINITION } from '../../src/scoring/reference-definition.js';
import { BOS, CONTROL, fakeTokenizer } from './fake-tokenizer.js';
import { planSample } from './plan-sample.js';
import { anyMaxLength, anyMetrics, anySample, anyTemplate } from './sample-arbitraries.js';

interface Scored {
  /** The ids the model is given. */
  readonly ids: readonly number[];
  /** Positions of `ids` whose tokens count. */
  readonly positions: readonly number[];
  readonly truncated: boolean;
}

/** The research code's two passes and how it calls them, step by step, for one tokenizer. */
function researchCode(hasBos: boolean) {
  const tokenizer = fakeTokenizer(hasBos);
  const encode = (text: string) => [...tokenizer(text, { addSpecial: true, parseSpecial: true })];

  const wholeText = (text: string, maxLength: number): Scored => {
    const all = encode(text);
    const ids = all.slice(0, maxLength);
    return { ids, positions: [...ids.keys()].slice(1), truncated: ids.length < all.length };
  };

  const partOfText = (text: string, target: string, maxLength: number): Scored => {
    const all = encode(text);
    const ids = all.slice(0, maxLength);
    const firstToken = encode(text.slice(0, text.lastIndexOf(target))).length;
    const positions = [...ids.keys()].filter((position) => position >= firstToken && position > 0);
    return { ids, positions, truncated: ids.length < all.length };
  };

  const fill = (text: string, instruction: string, input: string) =>
    text.split('{instruction}').join(instruction).split('{input}').join(input);

  return ({ instruction, input, output }: Sample, template: Template, maxLength: number) => {
    const prompt = fill(input === '' ? template.noInput : template.withInput, instruction, input);
    const guess =
      'Below is the response to an instruction, please guess the corresponding instruction for the given ' +
      `response.\n${output}\nGenerate the instruction for the above response.`;
    const reversePrompt = fill(template.noInput, guess, '');
    const question = instruction + input;
    const promptLength = Math.min(encode(prompt).length, maxLength);
    const reverseLength = Math.min(encode(reversePrompt).length, maxLength);
    return {
      Q_direct: wholeText(question, maxLength - reverseLength + 1),
      A_direct: wholeText(output, maxLength - promptLength + 1),
      Q_condition: partOfText(reversePrompt + question, instruction, maxLength),
      A_condition: partOfText(prompt + output, output, maxLength),
    };
  };
}

interface Setting {
  readonly bos?: boolean;
  readonly template?: Template;
  readonly metrics?: readonly Metric[];
  readonly maxLength?: number;
}

const BARE = createTemplate('bare', '{instruction}', '{instruction}{input}');

/** By the names of the research code's files. */
function planOf(
  sample: Sample,
  { bos = true, template = BARE, metrics = METRICS, maxLength = 2048 }: Setting = {},
) {
  const settings = { template, maxLength, startToken: 7 };
  const plans = planSample(REFERENCE_DEFINITION, sample, metrics, settings, fakeTokenizer(bos));
  const spans = [...plans].flatMap(([metric, plan]) =>
    SPAN_SIDES.map((side) => [METRIC_SPANS[metric][side], plan[side]] as const),
  );
  return Object.fromEntries(spans) as Partial<Record<SpanName, SpanPlan>>;
}

function scoredOf(plan: SpanPlan): Scored | string {
  if (plan.kind === 'unscorable') return plan.reason;
  const { tokens, begin, end, truncated } = plan;
  return { ids: [...tokens], positions: [...tokens.keys()].slice(begin, end), truncated };
}

const textOf = (plan: SpanPlan | undefined) =>
  plan?.kind === 'span'
    ? [...plan.tokens.slice(plan.begin, plan.end)]
        .map((id) => (id > 200_000 ? String.fromCodePoint(id - 200_000).repeat(2) : String.fromCodePoint(id)))
        .join('')
    : plan?.reason;

const sample = (fields: Partial<Sample>): Sample => ({
  instruction: 'ask',
  input: '',
  output: 'cde',
  ...fields,
});

describe.each([true, false])('the reference definition, tokenizer with a BOS: %s', (bos) => {
  const research = researchCode(bos);

  it('scores what the research code scores', () => {
    let compared = 0;
    fc.assert(
      fc.property(anySample, anyTemplate, anyMetrics, anyMaxLength, (row, template, metrics, maxLength) => {
        const plan = planOf(row, { bos, template, metrics, maxLength });
        const expected = research(row, template, maxLength);
        const names = metrics.flatMap((metric) => Object.values(METRIC_SPANS[metric]));
        expect(Object.keys(plan).sort()).toEqual([...names].sort());
        for (const name of names) {
          const actual = scoredOf(plan[name]!);
          if (row.output === '') {
            expect(actual).toBe('empty_output');
          } else if (row.instruction === '' && name.startsWith('Q')) {
            expect(actual).toBe('empty_instruction');
          } else if (expected[name].positions.length === 0) {
            expect(actual).toMatch(/^(prompt_too_long|reverse_prompt_too_long|no_target_tokens)$/);
          } else {
            compared++;
            expect(actual, name).toEqual(expected[name]);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  it('never asks the engine for what it cannot score', () => {
    fc.assert(
      fc.property(anySample, anyTemplate, anyMaxLength, (row, template, maxLength) => {
        for (const span of Object.values(planOf(row, { bos, template, maxLength })) as SpanPlan[]) {
          if (span.kind === 'unscorable') continue;
          expect(span.begin).toBeGreaterThanOrEqual(1);
          expect(span.end).toBeGreaterThan(span.begin);
          expect(span.end).toBeLessThanOrEqual(span.tokens.length);
          // the last token is predicted, never read: with an empty prompt and no BOS it lies past the limit
          expect(span.end - 1).toBeLessThanOrEqual(maxLength);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the traps of the research code', () => {
  it('lets text turn into control tokens', () => {
    expect(REFERENCE_DEFINITION.tokenize).toEqual({ addSpecial: true, parseSpecial: true });
    expect(planOf(sample({ output: 'c</s>' })).A_direct).toMatchObject({
      tokens: Int32Array.of(BOS, 99, CONTROL),
    });
  });

  it('without a BOS leaves the first token of a direct pass unscored, but not of a conditioned one', () => {
    const without = planOf(sample({ output: 'cde' }), { bos: false });
    expect([textOf(without.A_direct), textOf(without.A_condition)]).toEqual(['de', 'cde']);
    const withBos = planOf(sample({ output: 'cde' }));
    expect([textOf(withBos.A_direct), textOf(withBos.A_condition)]).toEqual(['cde', 'cde']);
  });

  it('scores an answer of one token only with a BOS', () => {
    const one = sample({ output: 'c' });
    expect(textOf(planOf(one).A_direct)).toBe('c');
    expect(textOf(planOf(one, { bos: false }).A_direct)).toBe('no_target_tokens');
    expect(textOf(planOf(one, { bos: false }).A_condition)).toBe('c');
  });

  it('loses a first token that merges with the prompt', () => {
    const plan = planOf(sample({ instruction: 'ask:', output: ')de' }));
    expect([textOf(plan.A_direct), textOf(plan.A_condition)]).toEqual([')de', 'de']);
  });

  it('joins instruction and input with nothing', () => {
    expect(textOf(planOf(sample({ instruction: 'xa', input: 'ay' })).Q_direct)).toBe('xaay');
  });

  it('scores from the last occurrence of the instruction, also when that is in the input', () => {
    const plan = planOf(sample({ instruction: 'ask', input: ' do ask me' }));
    expect([textOf(plan.Q_direct), textOf(plan.Q_condition)]).toEqual(['ask do ask me', 'ask me']);
  });

  it('cuts both passes of a long answer to the same number of tokens where there is a BOS', () => {
    const plan = planOf(sample({ instruction: 'ask', output: 'abcdefgh' }), { maxLength: 8 });
    expect([textOf(plan.A_direct), textOf(plan.A_condition)]).toEqual(['abcd', 'abcd']);
    expect(plan.A_direct).toMatchObject({ truncated: true });
    expect(plan.A_condition).toMatchObject({ truncated: true });
  });

  it.each([
    ['prompt_too_long', 'A_condition', sample({ instruction: 'ask for it' }), 8],
    ['prompt_too_long', 'A_direct', sample({ instruction: 'ask for it' }), 8],
    ['reverse_prompt_too_long', 'Q_condition', sample({}), 100],
    ['reverse_prompt_too_long', 'Q_direct', sample({}), 100],
    ['empty_instruction', 'Q_condition', sample({ instruction: '' }), 2048],
    ['empty_instruction', 'Q_direct', sample({ instruction: '' }), 2048],
    ['empty_output', 'A_condition', sample({ output: '' }), 2048],
    ['empty_output', 'Q_direct', sample({ output: '' }), 2048],
  ] as const)('says %s where it returned no number for %s', (reason, name, row, maxLength) => {
    expect(planOf(row, { maxLength })[name]).toEqual({ kind: 'unscorable', reason });
  });

  it('still scores the answer of a row without an instruction', () => {
    const plan = planOf(sample({ instruction: '' }), { template: BUILT_IN_TEMPLATES.none });
    expect(textOf(plan.A_condition)).toBe('cde');
  });
});
