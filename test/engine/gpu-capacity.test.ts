import { expect, it } from 'vitest';
import { gibibytes, whatFits } from '../../src/engine/gpu-capacity.js';

const GIB = 2 ** 30;

it.each([
  [1.2 * GIB, 'too full for a student'],
  [8 * GIB, 'fits about 3.5B parameters in F16, 6.6B in Q8_0'],
  [79 * GIB, 'fits about 42B parameters in F16, 78B in Q8_0'],
])('%d free bytes: %s', (free, said) => expect(whatFits(free)).toBe(said));

it('sizes are told in GiB', () => expect(gibibytes(1.25 * GIB)).toBe('1.3 GiB'));
