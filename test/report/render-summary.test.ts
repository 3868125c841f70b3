import { describe, expect, it } from 'vitest';
import { UNSCORABLE_REASONS } from '../../src/domain/score.js';
import type { MetricSummary } from '../../src/report/metric-statistics.js';
import { type RunFacts, renderSummary } from '../../src/report/render-summary.js';
import type { Summary } from '../../src/report/summarize.js';

const run: RunFacts = {
  student: 'models/tiny.gguf',
  template: 'alpaca',
  output: 'alpaca.scores.jsonl',
  seconds: 724,
  logicalTokens: 33_212_000,
  decodedTokens: 24_500_000,
};

const metric: MetricSummary = {
  count: 51_481,
  min: 0.102,
  max: 23_456.789,
  mean: 0.7961,
  quantiles: { p5: 0.568, p25: 0.654, p50: 0.783, p75: 0.928, p95: 1.067 },
  shareAboveOne: 0.1432,
};

const summary: Summary = {
  rows: 52_002,
  scored: 51_454,
  unscorable: 548,
  reasons: { invalid_utf8: 27, empty_output: 521 },
  reused: 20_000,
  truncated: 1_067,
  shortened: 0,
  scoredTokens: { Q_direct: 0, A_direct: 3_000_000, Q_condition: 0, A_condition: 3_000_000 },
  metrics: { ifd: metric, rifd: { ...metric, count: 51_454, max: 1e120 } },
};

describe('renderSummary', () => {
  it('shows the run, the rows, the scores and how to read them', () => {
    expect(renderSummary(summary, run)).toMatchInlineSnapshot(`
      "student   models/tiny.gguf
      template  alpaca
      output    alpaca.scores.jsonl
      time      12 min 4 s
      speed     44.2 rows/s, 45.9K tokens/s
      tokens    33.2M, of which 24.5M had to be decoded

      rows            52,002
      ────────────────────────────────────────────────────────────
      scored          51,454  98.9%
      unscorable         548   1.1%
        empty_output     521   1.0%  the answer is empty
        invalid_utf8      27  <0.1%  the bytes are not valid UTF-8
      truncated        1,067   2.1%  only the head was scored
      reused          20,000  38.5%  from the interrupted run

      scores           IFD      r-IFD
      ───────────────────────────────
      rows          51,481     51,454
      above 1        14.3%      14.3%
      mean           0.796      0.796
      smallest       0.102      0.102
      5% below       0.568      0.568
      25% below      0.654      0.654
      median         0.783      0.783
      75% below      0.928      0.928
      95% below      1.067      1.067
      largest    23456.789  1.00e+120

      IFD above 1  the instruction did not help the student predict the answer,
                   often because the two do not belong together
      IFD below 1  high: much to learn from the answer; low: already easy
      r-IFD        the lower, the better the answer fits its instruction
      "
    `);
  });

  it('leaves out what there is not', () => {
    const metrics = { ifd: metric };
    const text = renderSummary(
      { ...summary, metrics, reasons: {}, reused: 0, truncated: 0 },
      {
        ...run,
        decodedTokens: undefined,
      },
    );
    expect(text).not.toMatch(/r-IFD|reused|truncated|decoded|cost/);
  });

  it('says how many conversations are shown without their first turns', () => {
    expect(renderSummary(summary, run)).not.toContain('shortened');
    expect(renderSummary({ ...summary, shortened: 3 }, run)).toMatch(
      /^shortened +3 +.*answers shown without the first turns$/m,
    );
  });

  it('says what was spared by reuse and what determinism cost', () => {
    const text = renderSummary(summary, { ...run, plannedTokens: 20_000_000, reusedSpans: 1234 });
    expect(text).toContain('\nreused    1.23K spans, equal to one scored before\n');
    expect(text).toContain('\ncost      1.23 times the tokens that packing and sharing leave\n');
    const plannedTokens = run.decodedTokens;
    expect(renderSummary(summary, { ...run, plannedTokens, reusedSpans: 0 })).toBe(
      renderSummary(summary, run),
    );
  });

  it('counts only this run’s own rows as speed', () => {
    const twoSeconds = { ...run, seconds: 2 };
    expect(renderSummary({ ...summary, rows: 100, reused: 0 }, twoSeconds)).toContain('50 rows/s');
    expect(renderSummary({ ...summary, rows: 100, reused: 90 }, twoSeconds)).toContain('5 rows/s');
  });

  it('copes with a run over nothing in no time', () => {
    const empty = {
      ...summary,
      rows: 0,
      scored: 0,
      unscorable: 0,
      reasons: {},
      metrics: {},
      reused: 0,
      truncated: 0,
    };
    const text = renderSummary(empty, { ...run, seconds: 0, logicalTokens: 0 });
    expect(text).not.toMatch(/NaN|Infinity|∞|undefined/);
  });

  it('fits 80 columns with every reason and millions of rows', () => {
    const reasons = Object.fromEntries(UNSCORABLE_REASONS.map((reason) => [reason, 1_000_000]));
    const large = { ...summary, rows: 99_000_000, unscorable: 13_000_000, reasons };
    for (const line of renderSummary(large, run).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  });
});
