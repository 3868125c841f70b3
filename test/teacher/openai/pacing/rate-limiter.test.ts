import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../../src/teacher/openai/pacing/rate-limiter.js';
import { FakeClock } from '../../../helpers/fake-clock.js';

const NEVER = new AbortController().signal;

async function sendAll(limiter: RateLimiter, clock: FakeClock, sizes: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    sizes.map((size) => limiter.acquire(size, NEVER).then(() => times.push(clock.monotonic()))),
  );
  return times;
}

/** The most that `amounts` sum up to within any 60 seconds. */
function mostInAMinute(times: readonly number[], amounts: readonly number[]): number {
  return Math.max(
    ...times.map((start) =>
      times.reduce((sum, time, i) => sum + (time >= start && time < start + 60_000 ? amounts[i]! : 0), 0),
    ),
  );
}

describe('RateLimiter', () => {
  it('lets no more requests pass in any minute than allowed, but for a second of burst', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (requestsPerMinute) => {
        const clock = new FakeClock();
        const sizes = new Array<number>(requestsPerMinute + 20).fill(1);
        const times = await sendAll(new RateLimiter({ requestsPerMinute }, clock), clock, sizes);
        const burst = Math.max(1, requestsPerMinute / 60);
        expect(mostInAMinute(times, sizes)).toBeLessThanOrEqual(requestsPerMinute + burst);
      }),
      { numRuns: 20 },
    );
  });

  it('lets no more tokens pass in any minute than allowed, but for a burst and the last request', async () => {
    const size = fc.integer({ min: 1, max: 3000 });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 40 }), async (sizes) => {
        const clock = new FakeClock();
        const times = await sendAll(new RateLimiter({ tokensPerMinute: 6000 }, clock), clock, sizes);
        expect(mostInAMinute(times, sizes)).toBeLessThanOrEqual(6000 + 100 + Math.max(...sizes));
      }),
      { numRuns: 30 },
    );
  });

  it('is not held up at all without limits', async () => {
    const clock = new FakeClock();
    await sendAll(new RateLimiter({}, clock), clock, new Array<number>(1000).fill(1e6));
    expect(clock.monotonic()).toBe(0);
  });

  it('gives back what an estimate took too much', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ tokensPerMinute: 6000 }, clock);
    await limiter.acquire(6000, NEVER);
    limiter.correct(6000, 10);
    await limiter.acquire(10, NEVER);
    expect(clock.monotonic()).toBe(0);
  });

  it('holds everyone back during a pause', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({}, clock);
    limiter.pause(5000);
    limiter.pause(100);
    expect(await sendAll(limiter, clock, [1, 1])).toEqual([5000, 5000]);
  });

  it('lets a waiting request be called off without stopping those behind it', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ requestsPerMinute: 1 }, clock);
    await limiter.acquire(1, NEVER);
    const controller = new AbortController();
    const first = limiter.acquire(1, controller.signal);
    const second = limiter.acquire(1, NEVER);
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await second;
    expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
  });
});
