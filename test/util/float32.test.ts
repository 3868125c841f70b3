import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestFloat32 } from '../../src/util/float32.js';

describe('shortestFloat32', () => {
  it('drops the digits that float32 does not have', () => {
    expect(shortestFloat32(Math.fround(0.1))).toBe(0.1);
    expect(shortestFloat32(Math.fround(-1.2345678))).toBe(-1.2345678);
    expect(shortestFloat32(0)).toBe(0);
  });

  it('reads back as the same float32', () => {
    // As a number: the sign of -0 is lost, in JSON as well.
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (x) => Math.fround(shortestFloat32(x)) === x),
      { numRuns: 1000 },
    );
  });
});
