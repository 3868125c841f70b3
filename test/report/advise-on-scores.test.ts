import { describe, expect, it } from 'vitest';
import { adviseOnScores } from '../../src/report/advise-on-scores.js';
import type { MetricSummary } from '../../src/report/metric-statistics.js';
import type { Summary } from '../../src/report/summarize.js';

const healthy: Summary = {
  rows: 100,
  scored: 100,
  unscorable: 0,
  reasons: {},
  reused: 0,
  truncated: 0,
  shortened: 0,
  scoredTokens: { Q_direct: 0, A_direct: 900, Q_condition: 0, A_condition: 900 },
  metrics: {},
};

const ifd = (count: number, shareAboveOne: number): { ifd: MetricSummary } => ({
  ifd: {
    count,
    shareAboveOne,
    min: 0.5,
    max: 1.5,
    mean: 1,
    quantiles: { p5: 0.5, p25: 0.7, p50: 1, p75: 1.2, p95: 1.5 },
  },
});

describe('adviseOnScores', () => {
  it('has nothing to say about a healthy run or an empty one', () => {
    expect(adviseOnScores({ ...healthy, metrics: ifd(100, 0.5) })).toEqual([]);
    expect(adviseOnScores({ ...healthy, rows: 0, scored: 0 })).toEqual([]);
  });

  it('suspects the template when most IFD are above 1', () => {
    const [advice, ...others] = adviseOnScores({ ...healthy, metrics: ifd(20, 0.55) });
    expect(advice).toMatch(/above 1 for 55\.0%.*`template` none/);
    expect(others).toEqual([]);
  });

  it('draws no conclusion from a few rows', () => {
    expect(adviseOnScores({ ...healthy, metrics: ifd(19, 1) })).toEqual([]);
  });

  it('suggests a greater length when many rows were cut', () => {
    expect(adviseOnScores({ ...healthy, truncated: 20 })).toEqual([]);
    expect(adviseOnScores({ ...healthy, truncated: 21 })).toEqual([
      expect.stringMatching(/^21\.0% .*`maxLength`/),
    ]);
  });

  it('names the dominant reason when nothing was scored', () => {
    const reasons = { empty_output: 10, missing_field: 90 };
    expect(adviseOnScores({ ...healthy, scored: 0, unscorable: 100, reasons })).toEqual([
      'None of the 100 rows could be scored, 90 of them because a needed column is missing (missing_field).',
    ]);
    expect(adviseOnScores({ ...healthy, scored: 1, unscorable: 99, reasons })).toEqual([]);
  });
});
