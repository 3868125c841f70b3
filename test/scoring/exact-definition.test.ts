import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import { METRIC_SPANS, METRICS, type Metric } from '../../src/domain/score.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { renderPrompt, renderReversePrompt, type Template } from '../../src/prompt/template.js';
import type { SamplePlan, SpanSettings } from '../../src/scoring/definition.js';
import { EXACT_DEFINITION } from '../../src/scoring/exact-definition.js';
import { fakeTokenizer } from './fake-tokenizer.js';
import { anyMaxLength, anyMetrics, anySample, anyTemplate } from './sample-arbitraries.js';

const START = 7;
const tokenize = fakeTokenizer(true);

function planOf(sample: Sample, settings: SpanSettings): SamplePlan {
  const texts = EXACT_DEFINITION.texts(sample, settings);
  return EXACT_DEFINITION.plan(
    sample,
    texts.map((text) => tokenize(text, EXACT_DEFINITION.tokenize)),
    settings,
  );
}

/** What the documentation says, written down in the plainest way. */
function expectedPair(sample: Sample, metric: Metric, template: Template, maxLength: number) {
  const unscorable = (reason: string) => ({ reason });
  if (sample.output === '') return unscorable('empty_output');
  if (metric === 'rifd' && sample.instruction === '') return unscorable('empty_instruction');

  const context =
    metric === 'ifd' ? renderPrompt(template, sample) : renderReversePrompt(template, sample.output);
  const question = [sample.instruction, sample.input].filter((part, i) => i === 0 || part !== '').join('\n');
  const target = [...tokenize(metric === 'ifd' ? sample.output : question)];
  const before = [START, ...tokenize(context)];
  const conditioned = [...before, ...target].slice(0, maxLength);
  const scored = conditioned.slice(before.length);
  if (scored.length === 0) {
    return unscorable(metric === 'ifd' ? 'prompt_too_long' : 'reverse_prompt_too_long');
  }
  const truncated = scored.length < target.length;
  return {
    conditioned: {
      kind: 'span',
      tokens: conditioned,
      begin: before.length,
      end: conditioned.length,
      truncated,
    },
    direct: { kind: 'span', tokens: [START, ...scored], begin: 1, end: 1 + scored.length, truncated },
  };
}

const plain = (span: SamplePlan[keyof SamplePlan]) =>
  span?.kind === 'span' ? { ...span, tokens: [...span.tokens] } : span;

describe('the exact definition', () => {
  it('lays out any sample as documented', () => {
    fc.assert(
      fc.property(
        anySample,
        anyTemplate,
        anyMetrics,
        anyMaxLength,
        (sample, template, metrics, maxLength) => {
          const plan = planOf(sample, { template, metrics, maxLength, startToken: START });
          expect(Object.keys(plan)).toHaveLength(2 * metrics.length);
          for (const metric of metrics) {
            const names = METRIC_SPANS[metric];
            const expected = expectedPair(sample, metric, template, maxLength);
            const actual = { conditioned: plain(plan[names.conditioned]), direct: plain(plan[names.direct]) };
            if ('reason' in expected) {
              const span = { kind: 'unscorable', reason: expected.reason };
              expect(actual).toEqual({ conditioned: span, direct: span });
            } else {
              expect(actual).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('scores exactly the same target tokens in both passes, within the maximum length', () => {
    let scored = 0;
    fc.assert(
      fc.property(anySample, anyTemplate, anyMaxLength, (sample, template, maxLength) => {
        const plan = planOf(sample, { template, metrics: METRICS, maxLength, startToken: START });
        for (const { conditioned, direct } of Object.values(METRIC_SPANS)) {
          const [a, b] = [plan[conditioned]!, plan[direct]!];
          expect(a.kind).toBe(b.kind);
          if (a.kind !== 'span' || b.kind !== 'span') continue;
          scored++;
          expect(a.tokens.slice(a.begin, a.end)).toEqual(b.tokens.slice(b.begin, b.end));
          expect(a.truncated).toBe(b.truncated);
          for (const { tokens, begin, end } of [a, b]) {
            expect(tokens[0]).toBe(START);
            expect(begin).toBeGreaterThanOrEqual(1);
            expect(end).toBeGreaterThan(begin);
            expect(end).toBe(tokens.length);
            expect(tokens.length).toBeLessThanOrEqual(maxLength);
          }
          // cut only where it has to be
          if (a.truncated) expect(a.tokens).toHaveLength(maxLength);
        }
      }),
      { numRuns: 500 },
    );
    expect(scored).toBeGreaterThan(200);
  });

  const settings: SpanSettings = {
    template: BUILT_IN_TEMPLATES.none,
    metrics: METRICS,
    maxLength: 2048,
    startToken: START,
  };

  it('tokenizes text as text, each part apart', () => {
    expect(EXACT_DEFINITION.tokenize).toEqual({ addSpecial: false, parseSpecial: false });
    expect(EXACT_DEFINITION.texts({ instruction: 'a', input: 'b', output: 'c' }, settings)).toEqual([
      'a\nb\n',
      'c',
      renderReversePrompt(BUILT_IN_TEMPLATES.none, 'c'),
      'a\nb',
    ]);
  });

  it('asks for no text that it will not use', () => {
    const ask = (sample: Partial<Sample>, metrics: readonly Metric[]) =>
      EXACT_DEFINITION.texts(
        { instruction: 'a', input: '', output: 'c', ...sample },
        { ...settings, metrics },
      );
    expect(ask({ output: '' }, METRICS)).toEqual([]);
    expect(ask({ instruction: '' }, METRICS)).toHaveLength(2);
    expect(ask({}, ['rifd'])).toHaveLength(2);
  });

  it('finds no target when tokenizing leaves none', () => {
    const sample = { instruction: 'a', input: '', output: 'c' };
    const none = new Int32Array();
    const plan = EXACT_DEFINITION.plan(sample, [Int32Array.of(97), none], { ...settings, metrics: ['ifd'] });
    const span = { kind: 'unscorable', reason: 'no_target_tokens' };
    expect(plan).toEqual({ A_condition: span, A_direct: span });
  });
});
