import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TensorSpec } from '../gguf/gguf-writer.js';
import { RandomWeights } from './random-weights.js';

const LENGTH = 40_000;

function valuesOf(tensor: TensorSpec, length = LENGTH): Float32Array {
  const values = new Float32Array(length);
  tensor.fill(values, 0);
  return values;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('RandomWeights', () => {
  const weights = new RandomWeights({ type: 'F32' });

  it('has the asked mean and standard deviation', () => {
    const values = valuesOf(weights.tensor('x', [LENGTH], { mean: 3, std: 0.5 }));
    const mean = values.reduce((sum, value) => sum + value, 0) / LENGTH;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / LENGTH;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
  });

  it('depends on seed and name, and looks uncorrelated along a row', () => {
    const values = valuesOf(weights.linear('x', 64, 64));
    expect(valuesOf(new RandomWeights({ type: 'F32' }).linear('x', 64, 64))).toEqual(values);
    const others = [
      valuesOf(weights.linear('y', 64, 64)),
      valuesOf(new RandomWeights({ type: 'F32', seed: 2 }).linear('x', 64, 64)),
      valuesOf(weights.linear('x', 64, 64), LENGTH + 1).subarray(1),
    ];
    for (const other of others) expect(Math.abs(correlation(values, other))).toBeLessThan(0.03);
  });

  it('gives the same weights however they are cut into chunks', () => {
    const tensor = weights.norm('x', 1000);
    const whole = valuesOf(tensor, 1000);
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const chunk = new Float32Array(to - from);
        tensor.fill(chunk, from);
        expect(chunk).toEqual(whole.subarray(from, to));
      }),
    );
  });
});
