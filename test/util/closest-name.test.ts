import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestName } from '../../src/util/closest-name.js';

const NAMES = ['maxLength', 'maxCost', 'temperature', 'rpm', 'tpm'];

describe('closestName', () => {
  it.each([
    ['max-length', 'maxLength'],
    ['MAX_COST', 'maxCost'],
    ['maxLenght', 'maxLength'],
    ['temprature', 'temperature'],
    ['rpms', 'rpm'],
    ['rp', 'rpm'],
    ['colour', undefined],
    ['', undefined],
  ])('takes %j for %j', (given, meant) => {
    expect(closestName(given, NAMES)).toBe(meant);
  });

  it('knows a name again with one letter more, less or other', () => {
    const anyEdit = fc.record({
      name: fc.constantFrom('maxLength', 'temperature'),
      at: fc.nat({ max: 8 }),
      drop: fc.integer({ min: 0, max: 1 }),
      letter: fc.constantFrom('', 'q'),
    });
    fc.assert(
      fc.property(anyEdit, ({ name, at, drop, letter }) => {
        expect(closestName(name.slice(0, at) + letter + name.slice(at + drop), NAMES)).toBe(name);
      }),
    );
  });
});
