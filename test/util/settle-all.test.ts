import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
          concurrency,
        );
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: items }, (_, i) => i));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
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
    await expect(forEachConcurrently(count(100), work, 3)).rejects.toThrow('second');
    expect(begun.length).toBeLessThan(6);
    expect(ended).toBe(begun.length);
  });
});
