import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import { METRICS, type Metric } from '../../src/domain/score.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { renderPrompt, renderReversePrompt, type Template } from '../../src/prompt/template.js';
import type { SpanPlan, SpanSettings } from '../../src/scoring/definition.js';
import { EXACT_DEFINITION } from '../../src/scoring/exact-definition.js';
import { fakeTokenizer } from './fake-tokenizer.js';
import { planSample } from './plan-sample.js';
import { anyMaxLength, anyMetrics, anySample, anyTemplate } from './sample-arbitraries.js';

const START = 7;
const tokenize = fakeTokenizer(true);

function planOf(sample: Sample, metrics: readonly Metric[], settings: SpanSettings) {
  return planSample(EXACT_DEFINITION, sample, metrics, settings, tokenize);
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

const plain = (span: SpanPlan) => (span.kind === 'span' ? { ...span, tokens: [...span.tokens] } : span);

describe('the exact definition', () => {
  it('lays out any sample as documented', () => {
    fc.assert(
      fc.property(
        anySample,
        anyTemplate,
        anyMetrics,
        anyMaxLength,
        (sample, template, metrics, maxLength) => {
          const plan = planOf(sample, metrics, { template, maxLength, startToken: START });
          expect([...plan.keys()]).toEqual(metrics);
          for (const [metric, { conditioned, direct }] of plan) {
            const expected = expectedPair(sample, metric, template, maxLength);
            const actual = { conditioned: plain(conditioned), direct: plain(direct) };
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
        const plan = planOf(sample, METRICS, { template, maxLength, startToken: START });
        for (const { conditioned: a, direct: b } of plan.values()) {
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
    maxLength: 2048,
    startToken: START,
  };

  it('tokenizes text as text, each part apart', () => {
    expect(EXACT_DEFINITION.tokenize).toEqual({ addSpecial: false, parseSpecial: false });
    const sample = { instruction: 'a', input: 'b', output: 'c' };
    expect(EXACT_DEFINITION.texts('ifd', sample, settings)).toEqual(['a\nb\n', 'c']);
    expect(EXACT_DEFINITION.texts('rifd', sample, settings)).toEqual([
      renderReversePrompt(BUILT_IN_TEMPLATES.none, 'c'),
      'a\nb',
    ]);
  });

  it('finds no target when tokenizing leaves none', () => {
    const none = new Int32Array();
    const plan = EXACT_DEFINITION.plan('ifd', [Int32Array.of(97), none], settings);
    const span = { kind: 'unscorable', reason: 'no_target_tokens' };
    expect(plan).toEqual({ conditioned: span, direct: span });
  });
});
