import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpanRequest } from '../../src/engine/scorer.js';
import type { Student } from '../../src/engine/student.js';
import { tinyModel } from '../models/tiny-models.js';
import { largestDifference, lossesOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests, randomTokens, sampleRequests } from './fixtures/span-requests.js';

const VOCABULARY = 4096;

/** Sequences in a job that is called off: more than a student gets done before it hears of that, on any machine. */
const HEAVY = 400;

/** Work for many decodes: `count` sequences of 500 tokens. */
function heavyRequests(count = HEAVY): readonly SpanRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    tokens: randomTokens(VOCABULARY, 500, i),
    begin: 1,
    end: 500,
  }));
}

const codesOf = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((end) => (end.status === 'rejected' ? end.reason.code : 'done'));

/** Resolves once the student has begun to decode. */
async function decoding(student: Student): Promise<void> {
  while (student.stats().decodes === 0) await turn();
}

describe('two students at once', () => {
  it('score as each does alone', async () => {
    const model = await tinyModel('qwen2');
    await using tiny = await openStudent();
    await using other = await openStudent({ model });
    const tinyRequests = await sampleRequests(tiny);
    const otherRequests = randomRequests(other.model.vocabSize, other.maxLength);
    const alone = [await lossesOf(tiny, tinyRequests), await lossesOf(other, otherRequests)];
    const together = await Promise.all([
      lossesOf(tiny, tinyRequests),
      lossesOf(other, otherRequests),
      lossesOf(tiny, tinyRequests),
    ]);
    expect(largestDifference(together[0], alone[0]!)).toBeLessThanOrEqual(4e-3);
    expect(largestDifference(together[1], alone[1]!)).toBeLessThanOrEqual(1e-2);
    expect(largestDifference(together[2], alone[0]!)).toBeLessThanOrEqual(4e-3);
  });

  it('do not mind the other’s end', async () => {
    const first = await openStudent();
    await using second = await openStudent();
    const requests = await sampleRequests(second);
    const expected = await lossesOf(second, requests);
    const cut = codesOf([first.score(heavyRequests())]);
    const scored = lossesOf(second, requests);
    await first.close();
    expect(await cut).toEqual(['closed']);
    expect(largestDifference(await scored, expected)).toBeLessThanOrEqual(4e-3);
  });
});

describe.each([
  { threads: 1, contexts: 1 },
  { threads: 2, contexts: 2 },
])('closing, %o', (options) => {
  it('rejects what is under way and queued, then frees the student', async () => {
    const student = await openStudent(options);
    const calls = Array.from({ length: 6 }, () => student.score(heavyRequests()));
    const codes = codesOf(calls);
    await decoding(student);
    await student.close();
    expect(await codes).toEqual(Array(6).fill('closed'));
  });

  it('at once after a call', async () => {
    const student = await openStudent(options);
    const codes = codesOf([student.score(heavyRequests()), student.tokenize(['a'])]);
    await student.close();
    const [score, tokenize] = await codes;
    expect(score).toBe('closed');
    expect(['done', 'closed']).toContain(tokenize);
  });

  it('twice waits for the first, and nothing works afterwards', async () => {
    const student = await openStudent(options);
    const both = [student.close(), student.close()];
    await expect(student.score([])).rejects.toMatchObject({ code: 'closed' });
    await Promise.all(both);
    await student.close();
    await student[Symbol.asyncDispose]();
    await expect(student.score(heavyRequests(1))).rejects.toMatchObject({ code: 'closed' });
    await expect(student.tokenize(['a'])).rejects.toMatchObject({ code: 'closed' });
    expect(() => student.stats()).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(student.model.vocabSize).toBe(VOCABULARY);
  });
});

describe('an aborted call', () => {
  let student: Student;
  let requests: readonly SpanRequest[];
  let expected: readonly number[];
  beforeAll(async () => {
    student = await openStudent({ precision: 'precise' });
    requests = await sampleRequests(student);
    expected = await lossesOf(student, requests);
  });
  afterAll(() => student.close());

  const expectUsable = async () => {
    expect(largestDifference(await lossesOf(student, requests), expected)).toBeLessThanOrEqual(1e-4);
  };

  it('before it began does nothing', async () => {
    const before = student.stats();
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    await expect(student.score(heavyRequests(1), { signal })).rejects.toMatchObject({
      code: 'aborted',
      cause: signal.reason,
    });
    expect(student.stats()).toEqual(before);
    await expectUsable();
  });

  it('in mid-run ends early and leaves the student usable', async () => {
    const { decodes, decodedTokens } = student.stats();
    const controller = new AbortController();
    const call = codesOf([student.score(heavyRequests(), { signal: controller.signal })]);
    while (student.stats().decodes === decodes) await turn();
    controller.abort();
    expect(await call).toEqual(['aborted']);
    expect(student.stats().decodedTokens - decodedTokens).toBeLessThan(HEAVY * 499);
    await expectUsable();
  });

  it('makes room for others at once and does not disturb them', async () => {
    const { decodes, decodedTokens } = student.stats();
    const controller = new AbortController();
    const aborted = codesOf([student.score(heavyRequests(), { signal: controller.signal })]);
    const kept = lossesOf(student, requests);
    while (student.stats().decodes === decodes) await turn();
    controller.abort();
    expect(await aborted).toEqual(['aborted']);
    expect(largestDifference(await kept, expected)).toBeLessThanOrEqual(1e-4);
    expect(student.stats().decodedTokens - decodedTokens).toBeLessThan(HEAVY * 499);
  });

  it('while queued never decodes', async () => {
    const controller = new AbortController();
    const first = lossesOf(student, requests);
    const second = codesOf([student.score(heavyRequests(), { signal: controller.signal })]);
    controller.abort();
    expect(await second).toEqual(['aborted']);
    expect(largestDifference(await first, expected)).toBeLessThanOrEqual(1e-4);
    await expectUsable();
  });

  it('that is done already stays done', async () => {
    const controller = new AbortController();
    await student.score(requests.slice(0, 1), { signal: controller.signal });
    controller.abort();
    await expectUsable();
  });
});

describe('many calls at once', () => {
  it.each([
    { threads: 1, contexts: 1 },
    { threads: 2, contexts: 2 },
  ])('each get their own results, %o', async (options) => {
    await using student = await openStudent({ ...options, precision: 'precise' });
    const requests = await sampleRequests(student);
    const expected = await lossesOf(student, requests);
    const calls = Array.from({ length: 100 }, (_, i) => lossesOf(student, [requests[i % requests.length]!]));
    const actual = (await Promise.all(calls)).flat();
    const inTurn = actual.map((_, i) => expected[i % requests.length]!);
    expect(largestDifference(actual, inTurn)).toBeLessThanOrEqual(1e-4);
  });
});

describe('an invalid job', () => {
  let student: Student;
  beforeAll(async () => {
    student = await openStudent({ maxLength: 64 });
  });
  afterAll(() => student.close());

  const tokens = randomTokens(VOCABULARY, 10, 1);
  const withToken = (token: number) => tokens.map((id, i) => (i === 3 ? token : id));

  it.each([
    ['an empty span', { tokens, begin: 5, end: 5 }, /sequence 1: the span is empty/],
    ['a span that ends before it begins', { tokens, begin: 6, end: 5 }, /sequence 1: the span is empty/],
    ['a span of the first token', { tokens, begin: 0, end: 5 }, /sequence 1: .*first token/],
    ['a negative begin', { tokens, begin: -1, end: 5 }, /sequence 1/],
    ['a span past the end', { tokens, begin: 1, end: 11 }, /sequence 1: .*ends after/],
    ['no tokens', { tokens: new Int32Array(), begin: 1, end: 2 }, /sequence 1/],
    ['one token', { tokens: tokens.slice(0, 1), begin: 1, end: 1 }, /sequence 1/],
    ['a token below 0', { tokens: withToken(-1), begin: 1, end: 5 }, /token -1 .*vocabulary of 4096/],
    ['a token past the vocabulary', { tokens: withToken(4096), begin: 1, end: 5 }, /token 4096 /],
    ['more tokens than fit', { tokens: randomTokens(VOCABULARY, 66, 1), begin: 1, end: 66 }, /maximum of 64/],
  ] as const)('%s is refused and disturbs nobody', async (_, bad, message) => {
    const good = { tokens, begin: 1, end: 10 };
    const before = lossesOf(student, [good]);
    const refused = student.score([good, bad, good]);
    const after = lossesOf(student, [good]);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_job',
      message: expect.stringMatching(message),
    });
    expect(largestDifference(await before, await after)).toBeLessThanOrEqual(1e-3);
  });

  it('is not what an empty one is', async () => {
    expect(await student.score([])).toEqual([]);
  });
});
