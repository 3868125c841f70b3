import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurement } from '../../src/selection/measurement.js';

describe('measurement', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -0.5])(
    'takes %d for no score',
    (number) => {
      expect(measurement(number, 'not_recorded')).toEqual({ kind: 'missing', reason: 'not_recorded' });
    },
  );

  it('keeps every positive finite number', () => {
    const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    fc.assert(
      fc.property(positive, (number) => {
        expect(measurement(number, 'not_recorded')).toEqual({ kind: 'value', value: number });
      }),
    );
  });
});
