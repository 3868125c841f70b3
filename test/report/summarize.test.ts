import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  METRICS,
  type SampleScore,
  type Spans,
  spansOf,
  UNSCORABLE_REASONS,
  unscorableSample,
} from '../../src/domain/score.js';
import { SPAN_NAMES, type SpanScore } from '../../src/domain/span-score.js';
import { ScoreSummary, type Summary } from '../../src/report/summarize.js';
import { scoreOfSpans } from '../helpers/score-of-spans.js';

const span = (sumLogprob: number, tokenCount: number): SpanScore => ({ sumLogprob, tokenCount });

/** Of the metrics that the spans are all of. */
const scored = (spans: Spans, truncated = false): SampleScore =>
  scoreOfSpans(spans, { metrics: metricsOf(spans), truncated });
const metricsOf = (spans: Spans) =>
  METRICS.filter((metric) => (metric === 'ifd' ? spans.A_direct : spans.Q_direct));

const unscorable = (reason: (typeof UNSCORABLE_REASONS)[number], spans: Spans = {}): SampleScore =>
  scoreOfSpans(spans, { reason });

const summarize = (...scores: readonly SampleScore[]): Summary => {
  const summary = new ScoreSummary();
  for (const score of scores) summary.add(score);
  return summary.snapshot();
};

describe('ScoreSummary', () => {
  it('starts with nothing', () => {
    expect(summarize()).toEqual({
      rows: 0,
      scored: 0,
      unscorable: 0,
      reasons: {},
      reused: 0,
      truncated: 0,
      shortened: 0,
      scoredTokens: { Q_direct: 0, A_direct: 0, Q_condition: 0, A_condition: 0 },
      metrics: {},
    });
  });

  it('computes each metric from its own spans', () => {
    const { metrics } = summarize(
      scored({
        A_condition: span(-2, 2),
        A_direct: span(-4, 2),
        Q_condition: span(-9, 3),
        Q_direct: span(-3, 3),
      }),
    );
    expect(metrics.ifd).toMatchObject({ count: 1, mean: Math.exp(-1), shareAboveOne: 0 });
    expect(metrics.rifd).toMatchObject({ count: 1, mean: Math.exp(2), shareAboveOne: 1 });
  });

  it('counts a metric that an unscorable row has all the same', () => {
    const {
      scored,
      unscorable: failed,
      metrics,
    } = summarize(unscorable('reverse_prompt_too_long', { A_condition: span(-2, 2), A_direct: span(-4, 2) }));
    expect({ scored, failed }).toEqual({ scored: 0, failed: 1 });
    expect(metrics.ifd?.count).toBe(1);
    expect(metrics).not.toHaveProperty('rifd');
  });

  it('needs both spans of a metric', () => {
    expect(summarize(unscorable('not_finite', { A_direct: span(-4, 2) })).metrics).toEqual({});
  });

  it('leaves out a ratio that is not finite', () => {
    const overflowing = { A_condition: span(-1000, 1), A_direct: span(-1, 1) };
    const { scored: rows, metrics } = summarize(scored(overflowing));
    expect(rows).toBe(1);
    expect(metrics).toEqual({});
  });

  it('counts reused and truncated rows among the others', () => {
    const summary = new ScoreSummary();
    const both = { A_direct: span(-4, 2), A_condition: span(-4, 2) };
    summary.add(scored(both, true), true);
    summary.add(scored(both));
    summary.add(unscorable('empty_output'), true);
    expect(summary.snapshot()).toMatchObject({ rows: 3, scored: 2, unscorable: 1, reused: 2, truncated: 1 });
  });

  it('hands out snapshots that later rows do not change', () => {
    const summary = new ScoreSummary();
    summary.add(unscorable('empty_output'));
    const before = summary.snapshot();
    const copy = structuredClone(before);
    summary.add(unscorable('empty_output', { A_direct: span(-4, 2), A_condition: span(-4, 2) }));
    expect(before).toEqual(copy);
  });

  it('adds up whatever comes', () => {
    const spans: fc.Arbitrary<Spans> = fc.record(
      Object.fromEntries(
        SPAN_NAMES.map((name) => [
          name,
          fc.record({
            sumLogprob: fc.double({ min: -1e4, max: 0, noNaN: true }),
            tokenCount: fc.integer({ min: 1, max: 4096 }),
          }),
        ]),
      ),
      { requiredKeys: [] },
    );
    const rest = fc.record({
      metrics: fc.subarray([...METRICS]),
      reason: fc.constantFrom(...UNSCORABLE_REASONS),
      truncated: fc.boolean(),
    });
    const score = fc.oneof(
      fc.tuple(spans, rest).map(([spans, rest]) => scoreOfSpans(spans, rest)),
      rest.map(({ metrics, reason }) => unscorableSample(metrics, { reason, detail: 'Somewhere.' })),
    );
    fc.assert(
      fc.property(fc.array(score), (scores) => {
        const summary = summarize(...scores);
        expect(summary.rows).toBe(scores.length);
        expect(summary.rows).toBe(summary.scored + summary.unscorable);
        expect(Object.values(summary.reasons).reduce((sum, count) => sum + count, 0)).toBe(
          summary.unscorable,
        );
        for (const name of SPAN_NAMES) {
          const tokens = scores.map((score) => spansOf(score)[name]?.tokenCount ?? 0);
          expect(summary.scoredTokens[name]).toBe(tokens.reduce((sum, count) => sum + count, 0));
        }
        for (const metric of Object.values(summary.metrics)) {
          expect(metric.count).toBeGreaterThan(0);
          expect(metric.count).toBeLessThanOrEqual(scores.length);
        }
      }),
    );
  });
});
