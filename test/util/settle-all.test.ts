import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReflectionError } from '../../src/errors.js';
import { forEachConcurrently, settleAll } from '../../src/util/settle-all.js';

async function* count(to: number): AsyncGenerator<number> {
  for (let i = 0; i < to; i++) yield i;
}

const turns = async (n: number) => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

describe('settleAll', () => {
  it('waits for the rest after a failure', async () => {
    let isDone = false;
    const slow = turns(50).then(() => {
      isDone = true;
    });
    await expect(settleAll([Promise.reject(new Error('first')), slow])).rejects.toThrow('first');
    expect(isDone).toBe(true);
    expect(await settleAll([1, 2].map(async (n) => n))).toEqual([1, 2]);
  });
});

const aborted = () => new ReflectionError('aborted', 'Called off.');

it('tells of what went wrong rather than of an abort', async () => {
  const failure = new Error('disk full');
  await expect(settleAll([Promise.reject(aborted()), Promise.reject(failure)])).rejects.toBe(failure);
  await expect(settleAll([Promise.reject(aborted())])).rejects.toMatchObject({ code: 'aborted' });
  const fail = async (item: number) => {
    await turns(item);
    throw item === 1 ? failure : aborted();
  };
  await expect(forEachConcurrently(count(3), fail, { items: 3 })).rejects.toBe(failure);
});

describe('forEachConcurrently', () => {
  it('does everything once, never more than allowed at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 5 }), async (items, concurrency) => {
        const seen: number[] = [];
        let atOnce = 0;
        let most = 0;
        await forEachConcurrently(
          count(items),
          async (item) => {
            most = Math.max(most, ++atOnce);
            await turns((item * 7) % 5);
            atOnce--;
            seen.push(item);
          },
          { items: concurrency },
        );
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: items }, (_, i) => i));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
    );
  });

  it('begins nothing while what is under way weighs enough, but never nothing at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        async (weights, most) => {
          let underWay = 0;
          let done = 0;
          const work = async (item: number) => {
            expect(underWay).toBeLessThan(most);
            underWay += weights[item]!;
            await turns((item * 7) % 5);
            underWay -= weights[item]!;
            done++;
          };
          const limit = { items: 50, weight: { of: (item: number) => weights[item]!, most } };
          await forEachConcurrently(count(weights.length), work, limit);
          expect(done).toBe(weights.length);
        },
      ),
    );
  });

  it('begins nothing after a failure and leaves nothing behind', async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = async (item: number) => {
      begun.push(item);
      await turns(item === 1 ? 1 : 20);
      ended++;
      if (item === 1) throw new Error('second');
    };
    await expect(forEachConcurrently(count(100), work, { items: 3 })).rejects.toThrow('second');
    expect(begun.length).toBeLessThan(6);
    expect(ended).toBe(begun.length);
  });
});
