import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenRequests, splitResult } from '../../src/engine/token-job.js';

const anyRequest = fc
  .array(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 20 })
  .chain((tokens) =>
    fc.record({
      tokens: fc.constant(Int32Array.from(tokens)),
      begin: fc.nat({ max: tokens.length }),
      end: fc.nat({ max: tokens.length }),
    }),
  );

describe('flattenRequests', () => {
  it('keeps every request whole and in order', () => {
    fc.assert(
      fc.property(fc.array(anyRequest), fc.boolean(), (requests, perToken) => {
        const job = flattenRequests(requests, perToken);
        const back = requests.map((_, i) => ({
          tokens: job.tokens.slice(job.offsets[i], job.offsets[i + 1]),
          begin: job.spanBegin[i],
          end: job.spanEnd[i],
        }));
        expect(back).toEqual(requests);
        expect(job.offsets).toHaveLength(requests.length + 1);
        expect(job.offsets.at(-1)).toBe(job.tokens.length);
        expect(job.perToken).toBe(perToken);
      }),
    );
  });

  it('copies the tokens, so that the caller may reuse its buffer', () => {
    const tokens = Int32Array.of(1, 2, 3);
    const job = flattenRequests([{ tokens, begin: 1, end: 3 }], false);
    tokens.fill(9);
    expect([...job.tokens]).toEqual([1, 2, 3]);
  });

  it.each([
    { begin: 1.5, end: 3 },
    { begin: 1, end: Number.NaN },
  ])('refuses the span %j', (span) => {
    const request = { tokens: Int32Array.of(1, 2, 3), ...span };
    expect(() => flattenRequests([request], false)).toThrow(/request 0.*whole numbers/);
  });
});

const anySum = fc.oneof(
  { weight: 4, arbitrary: fc.double({ max: 0, min: -1e6, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  },
);
const anySpan = fc.record({
  sumLogprob: anySum,
  logprobs: fc.float32Array({ minLength: 1, maxLength: 5, max: 0, noNaN: true }),
});

describe('splitResult', () => {
  it('gives each request its own numbers, and none where they are not finite', () => {
    fc.assert(
      fc.property(fc.array(anySpan), fc.boolean(), (spans, perToken) => {
        const outcomes = splitResult({
          sumLogprob: Float64Array.from(spans, ({ sumLogprob }) => sumLogprob),
          tokenCount: Uint32Array.from(spans, ({ logprobs }) => logprobs.length),
          logprobs: perToken
            ? Float32Array.from(spans.flatMap(({ logprobs }) => [...logprobs]))
            : new Float32Array(),
        });
        const expected = spans.map(({ sumLogprob, logprobs }) => {
          if (!Number.isFinite(sumLogprob)) return { kind: 'not_finite' };
          const scored = { kind: 'scored', sumLogprob, tokenCount: logprobs.length };
          return perToken ? { ...scored, logprobs } : scored;
        });
        expect(outcomes).toStrictEqual(expected);
      }),
    );
  });

  it('gives every span a buffer of its own, so that keeping one does not keep all', () => {
    const [first] = splitResult({
      sumLogprob: Float64Array.of(-3, -4),
      tokenCount: Uint32Array.of(2, 1),
      logprobs: Float32Array.of(-1, -2, -4),
    });
    expect(first).toMatchObject({ kind: 'scored', logprobs: Float32Array.of(-1, -2) });
    if (first?.kind === 'scored') expect(first.logprobs?.buffer.byteLength).toBe(8);
  });
});
