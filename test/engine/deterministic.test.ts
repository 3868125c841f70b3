import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpanOutcome, SpanRequest } from '../../src/engine/scorer.js';
import type { Student } from '../../src/engine/student.js';
import type { StudentOptions } from '../../src/engine/student-options.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { type TinyModel, tinyModel } from '../models/tiny-models.js';
import { largestDifference, lossOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests, randomTokens, sampleRequests } from './fixtures/span-requests.js';

const MODELS: readonly ('tiny-instruct' | TinyModel)[] = [
  'tiny-instruct',
  'gpt2-f16',
  'gpt2-q4_0',
  'qwen2-q8_0',
  'gemma2',
  'mamba',
];

async function open(kind: (typeof MODELS)[number], options: Partial<StudentOptions> = {}): Promise<Student> {
  const model = kind === 'tiny-instruct' ? TINY_STUDENT : await tinyModel(kind);
  return await openStudent({ model, deterministic: true, ...options });
}

async function requestsFor(student: Student): Promise<readonly SpanRequest[]> {
  const { vocabSize } = student.model;
  const random = randomRequests(vocabSize, Math.min(student.maxLength, 200));
  if (student.maxLength < 1000) return random;
  const long = { tokens: randomTokens(vocabSize, 900, 7), begin: 30, end: 900 };
  return [...random, long, ...(await sampleRequests(student))];
}

/** Bit for bit: a sum that differs in its last digit is another number. */
const bitsOf = (outcomes: readonly SpanOutcome[]) =>
  outcomes.map((outcome) => (outcome.kind === 'scored' ? [outcome.sumLogprob, ...outcome.logprobs!] : []));

const perToken = { perToken: true } as const;

describe.each(MODELS)('deterministic, %s', (kind) => {
  it('order, neighbours and calls at the same time do not show in a single bit', async () => {
    await using student = await open(kind);
    const requests = await requestsFor(student);
    const expected = bitsOf(await student.score(requests, perToken));
    expect(expected.every((bits) => bits.length > 1 && bits.every(Number.isFinite))).toBe(true);
    const indices = fc.array(fc.nat({ max: requests.length - 1 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(indices, { minLength: 1, maxLength: 3 }), async (calls) => {
        const outcomes = await Promise.all(
          calls.map((call) =>
            student.score(
              call.map((i) => requests[i]!),
              perToken,
            ),
          ),
        );
        for (const [k, call] of calls.entries())
          expect(bitsOf(outcomes[k]!)).toEqual(call.map((i) => expected[i]));
      }),
      { numRuns: 12 },
    );
  });

  it.each<Partial<StudentOptions>>([
    { batchTokens: 32 },
    { batchTokens: 3000 },
    { sharePrefixes: false },
    { threads: 2, contexts: 2 },
    { threads: 3, contexts: 2 },
  ])('nor do %o', async (options) => {
    await using student = await open(kind);
    await using other = await open(kind, options);
    const requests = await requestsFor(student);
    const expected = bitsOf(await student.score(requests, perToken));
    const halves = [requests.slice(0, 7), requests.slice(7)].map((half) => other.score(half, perToken));
    expect(bitsOf((await Promise.all(halves)).flat())).toEqual(expected);
  });

  it('the numbers are those of a student that packs and shares, but for rounding', async () => {
    await using student = await open(kind, { precision: 'precise' });
    await using packing = await open(kind, { precision: 'precise', deterministic: false });
    const requests = await requestsFor(student);
    const losses = (await student.score(requests)).map(lossOf);
    expect(largestDifference(losses, (await packing.score(requests)).map(lossOf))).toBeLessThanOrEqual(1e-4);
  });
});

describe('what determinism costs', () => {
  it('is counted: tokens decoded beyond those that packing and sharing would have', async () => {
    await using student = await open('tiny-instruct');
    await using packing = await open('tiny-instruct', { deterministic: false });
    const requests = await sampleRequests(student);
    await student.score(requests);
    await packing.score(requests);
    expect(student.engine).toMatchObject({ sharePrefixes: false, head: 'chunked' });
    expect(packing.stats().plannedTokens).toBe(packing.stats().decodedTokens);
    expect(student.stats().plannedTokens).toBe(packing.stats().decodedTokens);
    // a span's last token need not be decoded
    const all = requests.reduce((sum, { end }) => sum + end - 1, 0);
    expect(student.stats().decodedTokens).toBe(all);
    expect(student.stats().plannedTokens).toBeLessThan(all);
  });
});
