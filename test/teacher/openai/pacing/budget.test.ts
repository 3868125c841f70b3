import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../../src/teacher/openai/pacing/budget.js';

const NEVER = new AbortController().signal;
const PRICE = { promptPerMillion: 1e6, completionPerMillion: 2e6 };

function counts(promptTokens: number, completionTokens = 0) {
  return { promptTokens, completionTokens };
}

describe('Budget', () => {
  it('needs a price to limit the cost', () => {
    expect(() => new Budget({ maxCost: 1 }, null)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('counts reply tokens at their own price', async () => {
    const budget = new Budget({ maxCost: 10 }, PRICE);
    (await budget.reserve(counts(1, 1), NEVER)).settle(counts(2, 3));
    expect(budget.spent).toEqual({ tokens: 5, cost: 8 });
  });

  it('counts what was spent before', async () => {
    const budget = new Budget({ maxTokens: 100 }, null, { tokens: 95, cost: 0 });
    await expect(budget.reserve(counts(6), NEVER)).rejects.toMatchObject({ code: 'budget_exhausted' });
    await budget.reserve(counts(5), NEVER);
  });

  it('counts all of a reservation as spent when the use is unknown', async () => {
    const budget = new Budget({ maxTokens: 100 }, null);
    (await budget.reserve(counts(60), NEVER)).settle(undefined);
    expect(budget.spent.tokens).toBe(60);
  });

  it('waits for requests under way before it gives up', async () => {
    const budget = new Budget({ maxTokens: 100 }, null);
    const first = await budget.reserve(counts(80), NEVER);
    const second = budget.reserve(counts(80), NEVER);
    first.settle(counts(10));
    (await second).settle(counts(30));
    await expect(budget.reserve(counts(61), NEVER)).rejects.toMatchObject({ code: 'budget_exhausted' });
  });

  it('can be called off while it waits', async () => {
    const budget = new Budget({ maxTokens: 100 }, null);
    await budget.reserve(counts(80), NEVER);
    const controller = new AbortController();
    const waiting = budget.reserve(counts(80), controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('is never exceeded, whatever the order, while no request takes more than its worst case', async () => {
    const request = fc.record({
      worst: fc.integer({ min: 1, max: 50 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        const budget = new Budget({ maxTokens: 200 }, null);
        const ends = await Promise.allSettled(
          requests.map(async ({ worst, share }) => {
            const reservation = await budget.reserve(counts(worst), NEVER);
            await new Promise((resolve) => setImmediate(resolve));
            reservation.settle(counts(Math.floor(worst * share)));
          }),
        );
        expect(budget.spent.tokens).toBeLessThanOrEqual(200);
        const turnedAway = ends.some(({ status }) => status === 'rejected');
        expect(turnedAway && budget.spent.tokens <= 150).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
