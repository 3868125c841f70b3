import { describe, expect, it } from 'vitest';
import { Budget, type Reservation } from '../../../../src/teacher/openai/pacing/budget.js';

const PRICE = { promptPerMillion: 1e6, completionPerMillion: 2e6 };

function counts(promptTokens: number, completionTokens = 0) {
  return { promptTokens, completionTokens };
}

function granted(room: ReturnType<Budget['reserve']>): Reservation {
  expect(room).toBeTypeOf('object');
  return room as Reservation;
}

describe('a budget', () => {
  it('needs a price to limit the cost', () => {
    expect(() => new Budget({ maxCost: 1 }, null)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('counts reply tokens at their own price', () => {
    const budget = new Budget({ maxCost: 10 }, PRICE);
    granted(budget.reserve(counts(1, 1))).settle(counts(2, 3));
    expect(budget.spent).toEqual({ tokens: 5, cost: 8 });
  });

  it('counts what was spent before', () => {
    const budget = new Budget({ maxTeacherTokens: 100 }, null, { tokens: 95, cost: 0 });
    expect(budget.reserve(counts(6))).toBe('never');
    granted(budget.reserve(counts(5)));
    expect(budget.reserve(counts(5))).toBe('not_now');
  });

  it('counts all of a reservation as spent when the use is unknown', () => {
    const budget = new Budget({ maxTeacherTokens: 100 }, null);
    granted(budget.reserve(counts(60))).settle(undefined);
    expect(budget.spent.tokens).toBe(60);
  });

  it('has all its room again once nothing is under way, whatever rounding says', () => {
    const budget = new Budget({ maxCost: 0.4 }, { promptPerMillion: 1e5, completionPerMillion: 1e5 });
    const rooms = [counts(1), counts(2)].map((most) => granted(budget.reserve(most)));
    for (const room of rooms) room.settle(counts(0));
    granted(budget.reserve(counts(4)));
  });

  it('says what is spent and what the next request may take', () => {
    const budget = new Budget({ maxTeacherTokens: 100, maxCost: 1000 }, PRICE, { tokens: 95, cost: 12 });
    expect(budget.exhausted(counts(40, 60)).message).toBe(
      'Another request may take up to 100 tokens, 160.0000 in cost, which the budget does not cover: ' +
        '95 of 100 tokens and 12.0000 of 1000 in cost are spent.',
    );
  });
});
