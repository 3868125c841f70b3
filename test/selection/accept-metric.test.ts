import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/domain/score.js';
import { acceptMetric } from '../../src/selection/accept-metric.js';
import { DEFAULT_POLICY, selectionPolicy } from '../../src/selection/selection-policy.js';
import { missing, value } from './score-arbitraries.js';

describe('acceptMetric', () => {
  it.each(METRICS)('wants %s strictly below 1', (metric) => {
    expect(acceptMetric(metric, value(0.999), DEFAULT_POLICY)).toBe('passed');
    expect(acceptMetric(metric, value(1), DEFAULT_POLICY)).toBe(`${metric}_too_high`);
    expect(acceptMetric(metric, missing(), DEFAULT_POLICY)).toBe(`${metric}_missing`);
  });

  it('holds each metric against its own threshold', () => {
    const thresholds = { maxIfd: 0.5, maxRifd: 2 };
    expect(acceptMetric('ifd', value(0.7), thresholds)).toBe('ifd_too_high');
    expect(acceptMetric('rifd', value(0.7), thresholds)).toBe('passed');
  });

  it('passes no missing score even without a threshold', () => {
    const anyValue = selectionPolicy({ maxIfd: Number.POSITIVE_INFINITY, maxRifd: Number.POSITIVE_INFINITY });
    expect(acceptMetric('ifd', value(1e300), anyValue)).toBe('passed');
    expect(acceptMetric('ifd', missing(), anyValue)).toBe('ifd_missing');
  });
});

describe('selectionPolicy', () => {
  it('is the published procedure unless told otherwise', () => {
    expect(selectionPolicy()).toEqual({
      maxIfd: 1,
      maxRifd: 1,
      keep: 'response-reflected',
      onFilterFail: 'drop',
    });
    expect(selectionPolicy({ maxIfd: 2 })).toEqual({ ...DEFAULT_POLICY, maxIfd: 2 });
  });

  it.each([0, -1, Number.NaN])('refuses %d as a threshold', (threshold) => {
    for (const name of ['maxIfd', 'maxRifd']) {
      expect(() => selectionPolicy({ [name]: threshold })).toThrow(
        expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(name) }),
      );
    }
  });
});
