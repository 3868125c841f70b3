import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoreOptions, Scorer, SpanOutcome, SpanRequest } from '../../src/engine/scorer.js';
import { ReflectionError } from '../../src/errors.js';
import { RememberingScorer } from '../../src/scoring/remembering-scorer.js';
import { FakeScorer, outcomeOf, POISON } from './fake-scorer.js';

const POISON_ID = POISON.codePointAt(0)!;

/** Few different ones, so that they repeat; some cannot be scored. */
const request: fc.Arbitrary<SpanRequest> = fc
  .tuple(fc.array(fc.constantFrom(1, 2, POISON_ID), { minLength: 2, maxLength: 4 }), fc.nat(9), fc.nat(9))
  .map(([ids, a, b]) => {
    const begin = 1 + (a % (ids.length - 1));
    return { tokens: Int32Array.from(ids), begin, end: begin + 1 + (b % (ids.length - begin)) };
  });
const calls = fc.array(fc.tuple(fc.array(request, { maxLength: 12 }), fc.boolean()), { maxLength: 8 });

const span = (...ids: number[]): SpanRequest => ({ tokens: Int32Array.from(ids), begin: 1, end: ids.length });
const plain = (requests: readonly SpanRequest[]) => requests.map((one) => outcomeOf(one, false));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Fails when told to, and only then. */
class FailingScorer extends FakeScorer {
  failing = false;

  override async score(requests: readonly SpanRequest[], options: ScoreOptions = {}) {
    const { failing } = this;
    const outcomes = await super.score(requests, options);
    if (failing) throw new ReflectionError('decode_failed', 'on purpose');
    return outcomes;
  }
}

describe('RememberingScorer', () => {
  it('says what the scorer below would, in turn and at the same time, whatever its capacity', async () => {
    await fc.assert(
      fc.asyncProperty(calls, fc.integer({ min: 1, max: 20 }), async (jobs, capacity) => {
        const below = new FakeScorer();
        const scorer: Scorer = new RememberingScorer(below, capacity);
        const expected = jobs.map(([requests, perToken]) => requests.map((one) => outcomeOf(one, perToken)));
        const score = ([requests, perToken]: (typeof jobs)[number]) => scorer.score(requests, { perToken });
        expect(await Promise.all(jobs.map(score))).toEqual(expected);
        for (const [i, job] of jobs.entries()) expect(await score(job)).toEqual(expected[i]);
      }),
    );
  });

  it('counts every span once: scored below or reused', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (jobs) => {
        const below = new FakeScorer();
        const scorer = new RememberingScorer(below);
        await Promise.all(jobs.map(([requests]) => scorer.score(requests)));
        const asked = sum(jobs.map(([requests]) => requests.length));
        expect(sum(below.calls) + scorer.reusedSpans).toBe(asked);
      }),
    );
  });

  it('scores a span once, be it repeated in a call, in calls at the same time or later', async () => {
    const below = new FakeScorer();
    const scorer = new RememberingScorer(below);
    const requests = [span(1, 2), span(3, 4), span(1, 2)];
    await Promise.all([scorer.score(requests), scorer.score(requests)]);
    await scorer.score(requests);
    expect(sum(below.calls)).toBe(2);
    expect(scorer.reusedSpans).toBe(7);
  });

  it('tells spans apart by their ends as well as their tokens', async () => {
    const below = new FakeScorer();
    const scorer = new RememberingScorer(below);
    const tokens = Int32Array.of(1, 2, 3);
    await scorer.score([
      { tokens, begin: 1, end: 2 },
      { tokens, begin: 1, end: 3 },
      { tokens, begin: 2, end: 3 },
    ]);
    expect(sum(below.calls)).toBe(3);
  });

  it('forgets what was used least recently', async () => {
    const below = new FakeScorer();
    const scorer = new RememberingScorer(below, 2);
    for (const ids of [1, 2, 1, 3, 1, 2]) await scorer.score([span(0, ids)]);
    expect(scorer.reusedSpans).toBe(2);
  });

  it('scores by itself what another call failed to', async () => {
    const below = new FailingScorer();
    const scorer = new RememberingScorer(below);
    below.failing = true;
    const first = scorer.score([span(1, 2), span(1, 3)]);
    below.failing = false;
    const second = scorer.score([span(1, 2), span(1, 4)]);
    await expect(first).rejects.toMatchObject({ code: 'decode_failed' });
    expect(await second).toEqual(plain([span(1, 2), span(1, 4)]));
    expect(await scorer.score([span(1, 3)])).toEqual(plain([span(1, 3)]));
  });

  it('lets no call suffer from another one’s signal', async () => {
    const scorer = new RememberingScorer(new FakeScorer());
    const controller = new AbortController();
    const aborted = scorer.score([span(1, 2)], { signal: controller.signal });
    const kept = scorer.score([span(1, 2)]);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(await kept).toEqual(plain([span(1, 2)]));
    await expect(scorer.score([span(1, 2)], { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('keeps no log-probs of single tokens; that a span has no number it keeps', async () => {
    const below = new FakeScorer();
    const scorer = new RememberingScorer(below);
    const requests = [span(1, 2), span(1, POISON_ID)];
    const expected = requests.map((one): SpanOutcome => outcomeOf(one, true));
    for (let i = 0; i < 2; i++) expect(await scorer.score(requests, { perToken: true })).toEqual(expected);
    expect(scorer.reusedSpans).toBe(0);
    for (let i = 0; i < 2; i++) expect(await scorer.score(requests)).toEqual(plain(requests));
    expect(scorer.reusedSpans).toBe(2);
  });

  it('is otherwise the scorer below', async () => {
    const below = new FakeScorer({ maxLength: 77, batchTokens: 9, parallelism: 3 });
    const scorer = new RememberingScorer(below);
    const { startToken, maxLength, batchTokens, parallelism } = scorer;
    expect({ startToken, maxLength, batchTokens, parallelism }).toEqual({
      startToken: 0,
      maxLength: 77,
      batchTokens: 9,
      parallelism: 3,
    });
    expect(await scorer.tokenize(['ab'])).toEqual(await below.tokenize(['ab']));
  });
});
