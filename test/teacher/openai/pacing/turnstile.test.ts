import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, type BudgetLimits } from '../../../../src/teacher/openai/pacing/budget.js';
import { RateLimiter, type RateLimits } from '../../../../src/teacher/openai/pacing/rate-limiter.js';
import type { RequestTokens } from '../../../../src/teacher/openai/pacing/request-tokens.js';
import type { Price } from '../../../../src/teacher/openai/pacing/token-counts.js';
import { type Place, Turnstile } from '../../../../src/teacher/openai/pacing/turnstile.js';
import { FakeClock } from '../../../helpers/fake-clock.js';

const never = () => new AbortController().signal;

interface Setup extends RateLimits, BudgetLimits {
  readonly concurrency?: number;
  readonly price?: Price;
}

function setUp({ concurrency = 1000, price, ...limits }: Setup = {}) {
  const clock = new FakeClock();
  const budget = new Budget(limits, price ?? null);
  const limiter = new RateLimiter(limits, clock.monotonic());
  return { clock, budget, turnstile: new Turnstile({ concurrency, limiter, budget, clock }) };
}

function tokens(promptTokens: number, completionTokens = 0): RequestTokens {
  return { most: { promptTokens, completionTokens }, likely: promptTokens + completionTokens };
}

async function sendAll(turnstile: Turnstile, clock: FakeClock, sizes: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  const enter = async (size: number) => {
    const place = await turnstile.enter(tokens(size), { urgent: false, signal: never() });
    times.push(clock.monotonic());
    place.leave({ promptTokens: size, completionTokens: 0 });
  };
  await Promise.all(sizes.map(enter));
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

describe('the places', () => {
  const places = (turnstile: Turnstile, count: number) =>
    Promise.all(
      Array.from({ length: count }, () => turnstile.enter(tokens(1), { urgent: false, signal: never() })),
    );

  it('are halved when one who has a place finds it too crowded, once for all who find so', async () => {
    const { turnstile } = setUp({ concurrency: 7 });
    turnstile.open();
    const inside = await places(turnstile, 7);
    expect(inside.map((place) => place.narrow())).toEqual([3, ...new Array(6).fill('narrowed')]);
    for (const place of inside) place.leave(undefined);
    let entered = 0;
    const next = Array.from({ length: 5 }, async () => {
      const place = await turnstile.enter(tokens(1), { urgent: false, signal: never() });
      entered++;
      return place;
    });
    await new Promise(setImmediate);
    expect(entered).toBe(3);
    const again = await Promise.all(next.slice(0, 3));
    expect(again.map((place) => place.narrow())).toEqual([1, 'narrowed', 'narrowed']);
    for (const place of again) place.leave(undefined);
    const single = await next[3]!;
    expect(single.narrow()).toBe('alone');
    single.leave(undefined);
    (await next[4]!).leave(undefined);
  });

  it('are as many as before for one who was alone', async () => {
    const { turnstile } = setUp({ concurrency: 2 });
    const [alone] = await places(turnstile, 1);
    expect(alone!.narrow()).toBe('alone');
    expect(await places(turnstile, 1)).toHaveLength(1);
  });
});

describe('the rate', () => {
  it('is no more requests in any minute than allowed, but for a second of burst', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (rpm) => {
        const { clock, turnstile } = setUp({ rpm });
        const sizes = new Array<number>(rpm + 20).fill(1);
        const times = await sendAll(turnstile, clock, sizes);
        const burst = Math.max(1, rpm / 60);
        expect(mostInAMinute(times, sizes)).toBeLessThanOrEqual(rpm + burst);
      }),
      { numRuns: 20 },
    );
  });

  it('is no more tokens in any minute than allowed, but for a burst and the last request', async () => {
    const size = fc.integer({ min: 1, max: 3000 });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 40 }), async (sizes) => {
        const { clock, turnstile } = setUp({ tpm: 6000 });
        const times = await sendAll(turnstile, clock, sizes);
        expect(mostInAMinute(times, sizes)).toBeLessThanOrEqual(6000 + 100 + Math.max(...sizes));
      }),
      { numRuns: 30 },
    );
  });

  it('is any without limits', async () => {
    const { clock, turnstile } = setUp();
    await sendAll(turnstile, clock, new Array<number>(1000).fill(1e6));
    expect(clock.monotonic()).toBe(0);
  });

  it('gets back what an estimate took too much', async () => {
    const { clock, turnstile } = setUp({ tpm: 6000 });
    const place = await turnstile.enter(tokens(6000), { urgent: false, signal: never() });
    place.leave({ promptTokens: 10, completionTokens: 0 });
    await turnstile.enter(tokens(10), { urgent: false, signal: never() });
    expect(clock.monotonic()).toBe(0);
  });

  it('is none during a pause', async () => {
    const { clock, turnstile } = setUp();
    turnstile.pause(5000);
    turnstile.pause(100);
    expect(await sendAll(turnstile, clock, [1, 1])).toEqual([5000, 5000]);
  });

  it('lets a request be called off without stopping those behind it', async () => {
    const { clock, turnstile } = setUp({ rpm: 1 });
    await sendAll(turnstile, clock, [1]);
    const controller = new AbortController();
    const first = turnstile.enter(tokens(1), { urgent: false, signal: controller.signal });
    const second = turnstile.enter(tokens(1), { urgent: false, signal: never() });
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await second;
    expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
  });
});

describe('those who wait', () => {
  it('get the place that becomes free in the order of arrival, urgent ones first', async () => {
    const { turnstile } = setUp({ concurrency: 1 });
    const first = await turnstile.enter(tokens(1), { urgent: false, signal: never() });
    const order: string[] = [];
    const enter = async (name: string, urgent: boolean) => {
      const place = await turnstile.enter(tokens(1), { urgent, signal: never() });
      order.push(name);
      place.leave(undefined);
    };
    const all = [enter('new 1', false), enter('new 2', false), enter('old 1', true), enter('old 2', true)];
    first.leave(undefined);
    await Promise.all(all);
    expect(order).toEqual(['old 1', 'old 2', 'new 1', 'new 2']);
  });

  it('for room in the budget hold up nobody who needs less', async () => {
    const { turnstile } = setUp({ concurrency: 2, maxTeacherTokens: 100 });
    const first = await turnstile.enter(tokens(40), { urgent: false, signal: never() });
    let isLargeIn = false;
    const large = turnstile.enter(tokens(90), { urgent: false, signal: never() }).then((place) => {
      isLargeIn = true;
      return place;
    });
    const small = await turnstile.enter(tokens(10), { urgent: false, signal: never() });
    expect(isLargeIn).toBe(false);
    small.leave({ promptTokens: 5, completionTokens: 0 });
    first.leave({ promptTokens: 5, completionTokens: 0 });
    (await large).leave(undefined);
  });

  it('can be called off while they wait for room in the budget, or before', async () => {
    const { turnstile } = setUp({ maxTeacherTokens: 100 });
    await turnstile.enter(tokens(80), { urgent: false, signal: never() });
    const controller = new AbortController();
    const waiting = turnstile.enter(tokens(80), { urgent: false, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(
      turnstile.enter(tokens(1), { urgent: false, signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before');
  });
});

describe('the budget', () => {
  const amount = fc.integer({ min: 0, max: 300 });
  const request = fc.record({
    most: fc.record({ promptTokens: amount, completionTokens: amount }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    turns: fc.integer({ min: 0, max: 5 }),
  });
  const price = fc.record({
    promptPerMillion: fc.double({ min: 0, max: 30, noNaN: true }),
    completionPerMillion: fc.double({ min: 0, max: 90, noNaN: true }),
  });
  const requests = fc.array(request, { minLength: 1, maxLength: 40 });

  it('is never exceeded, nor left unused, and nobody waits for ever', async () => {
    const limits = fc.record({
      maxTeacherTokens: fc.integer({ min: 1, max: 5000 }),
      maxCost: fc.double({ min: 0, max: 0.1, noNaN: true }),
    });
    const concurrency = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(requests, price, limits, concurrency, async (requests, price, limits, concurrency) => {
        const { budget, turnstile } = setUp({ ...limits, price, concurrency });
        const costOf = (prompt: number, completion: number) =>
          (prompt * price.promptPerMillion + completion * price.completionPerMillion) / 1e6;
        const ask = async ({ most, share, turns }: (typeof requests)[number]) => {
          const { promptTokens, completionTokens } = most;
          let place: Place;
          try {
            const likely = promptTokens + completionTokens;
            place = await turnstile.enter({ most, likely }, { urgent: false, signal: never() });
          } catch (error) {
            expect(error).toMatchObject({ code: 'budget_exhausted' });
            const isTooMany = budget.spent.tokens + promptTokens + completionTokens > limits.maxTeacherTokens;
            const isTooDear =
              budget.spent.cost + costOf(promptTokens, completionTokens) > limits.maxCost * (1 - 1e-9);
            expect(isTooMany || isTooDear).toBe(true);
            return;
          }
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          const used = {
            promptTokens: Math.floor(promptTokens * share),
            completionTokens: Math.floor(completionTokens * share),
          };
          place.leave(share < 0.1 ? undefined : used);
        };
        await Promise.all(requests.map(ask));
        expect(budget.spent.tokens).toBeLessThanOrEqual(limits.maxTeacherTokens);
        expect(budget.spent.cost).toBeLessThanOrEqual(limits.maxCost * (1 + 1e-9));
      }),
      { numRuns: 100 },
    );
  });
});
