import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benchModel } from '../../../bench/models/bench-models.js';
import { forwardCost, prefillWithHead } from '../../../bench/models/forward-cost.js';

describe('forwardCost', () => {
  it('counts the matrices of the GPT-2 shape and its tied head', () => {
    const tensors = benchModel('gpt2-124m', 'F16').tensors.map(({ name, dims }) => ({
      name,
      dimensions: dims,
    }));
    expect(forwardCost(tensors)).toEqual({ body: 12 * 12 * 768 * 768, head: 768 * 50_257 });
  });

  it('takes an output head of its own rather than the token table', () => {
    const tensors = [
      { name: 'token_embd.weight', dimensions: [8, 100n] },
      { name: 'blk.0.ffn_up.weight', dimensions: [8n, 16] },
      { name: 'blk.0.ffn_up.bias', dimensions: [16] },
      { name: 'output_norm.weight', dimensions: [8] },
      { name: 'output.weight', dimensions: [8, 50] },
    ];
    expect(forwardCost(tensors)).toEqual({ body: 8 * 16, head: 8 * 50 });
  });
});

describe('prefillWithHead', () => {
  it('is the measured speed for the rows that were measured', () => {
    expect(prefillWithHead(700, { body: 85, head: 39 }, 1 / 512, 512)).toBeCloseTo(700, 9);
  });

  it('halves when the head costs as much as the body', () => {
    expect(prefillWithHead(700, { body: 50, head: 50 }, 1, Number.POSITIVE_INFINITY)).toBeCloseTo(350, 9);
  });

  it('falls as rows are added', () => {
    const share = fc.double({ noNaN: true, min: 0, max: 1 });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [few, many] = a < b ? [a, b] : [b, a];
        const speed = (rows: number) => prefillWithHead(100, { body: 3, head: 2 }, rows, 512);
        expect(speed(many)).toBeLessThanOrEqual(speed(few));
      }),
    );
  });
});
