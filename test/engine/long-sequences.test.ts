import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SpanRequest } from '../../src/engine/scorer.js';
import type { StudentOptions } from '../../src/engine/student-options.js';
import { EXAMPLE_DATASET } from '../helpers/paths.js';
import { largestDifference, lossesOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';

const CONTEXT = 2048;

async function losses(options: Partial<StudentOptions>, requests: readonly SpanRequest[]) {
  await using student = await openStudent({ precision: 'precise', ...options });
  return await lossesOf(student, requests);
}

describe('sequences longer than a batch', () => {
  let requests: readonly SpanRequest[];
  let expected: readonly number[];

  beforeAll(async () => {
    await using student = await openStudent();
    const [ids] = await student.tokenize([readFileSync(EXAMPLE_DATASET, 'utf8').slice(0, 20_000)]);
    const tokens = Int32Array.of(student.startToken, ...ids!).slice(0, CONTEXT);
    expect(student.maxLength).toBe(CONTEXT);
    expect(tokens).toHaveLength(CONTEXT);
    requests = [
      { tokens, begin: 1, end: CONTEXT },
      // no output row but in the last decode
      { tokens: tokens.slice(1, 900), begin: 898, end: 899 },
      { tokens: tokens.slice(0, 700), begin: 300, end: 600 },
      { tokens: tokens.slice(500, 520), begin: 1, end: 20 },
    ];
    expected = await losses({ batchTokens: CONTEXT, sharePrefixes: false, head: 'plain' }, requests);
  });

  it.each([
    { batchTokens: 512 },
    { batchTokens: 128, sharePrefixes: false },
    { batchTokens: 300, head: 'sampler' },
  ] as const)('lose nothing at the seams, %o', async (options) => {
    const difference = largestDifference(await losses(options, requests), expected);
    // 2e-6 was seen
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  it('need not fit as long as what is decoded of them does', async () => {
    const tokens = requests[0]!.tokens;
    const inside = { tokens, begin: 10, end: 20 };
    const [cut] = await losses({ maxLength: 64 }, [inside]);
    const [whole] = await losses({}, [inside]);
    expect(Math.abs(cut! - whole!)).toBeLessThanOrEqual(1e-4);
  });

  it('are refused past the maximum length', async () => {
    await using student = await openStudent({ maxLength: 64 });
    expect(student.maxLength).toBe(64);
    const tokens = requests[0]!.tokens.slice(0, 66);
    await expect(student.score([{ tokens, begin: 1, end: 66 }])).rejects.toMatchObject({
      code: 'invalid_job',
      message: expect.stringContaining('64'),
    });
    expect(await lossesOf(student, [{ tokens, begin: 1, end: 64 }])).toHaveLength(1);
  });

  it('are never longer than the student’s own context', async () => {
    await using student = await openStudent({ maxLength: 1_000_000 });
    expect(student.maxLength).toBe(CONTEXT);
  });
});
