import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../src/util/map-in-order.js';
import { collect } from '../helpers/collect.js';

/** Yields 0, 1, 2, ... and notes how far it was read and whether it was given back. */
function countingSource(length = Number.POSITIVE_INFINITY) {
  const state = { read: 0, returned: false };
  async function* values() {
    try {
      while (state.read < length) yield state.read++;
    } finally {
      state.returned = true;
    }
  }
  return { state, values: values() };
}

/** Calls that settle when told to, in any order. */
function manualCalls() {
  const settle = new Map<number, { resolve: () => void; reject: (reason: Error) => void }>();
  const call = (value: number) =>
    new Promise<number>((resolve, reject) => {
      settle.set(value, { resolve: () => resolve(value), reject });
    });
  return { settle, call };
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

describe('mapInOrder', () => {
  it('keeps the order and the bound, whatever finishes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (s, length, concurrency) => {
          const source = countingSource(length);
          let running = 0;
          let most = 0;
          const map = async (value: number) => {
            most = Math.max(most, ++running);
            const result = await s.schedule(Promise.resolve(value * 10));
            running--;
            return result;
          };
          const results = await s.waitFor(collect(mapInOrder(source.values, map, { items: concurrency })));
          expect(results).toEqual(Array.from({ length }, (_, i) => i * 10));
          expect(most).toBe(Math.min(concurrency, length));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads only as results are taken', async () => {
    const source = countingSource();
    const results = mapInOrder(source.values, async (value) => value, { items: 3 });
    for (let taken = 0; taken < 10; taken++) {
      expect(source.state.read).toBe(taken === 0 ? 0 : taken + 2);
      expect(await results.next()).toEqual({ value: taken, done: false });
      await nextTick();
    }
    await results.return(undefined);
    expect(source.state.returned).toBe(true);
  });

  it('reads no further once what is under way weighs enough', async () => {
    const source = countingSource();
    const limit = { items: 100, weight: { of: (value: number) => value, most: 10 } };
    const results = mapInOrder(source.values, async (value) => value, limit);
    // 0 to 4 weigh 10; each that is taken makes room for what brings the rest to 10 again
    const read: number[] = [];
    for (let taken = 0; taken < 8; taken++) {
      expect((await results.next()).value).toBe(taken);
      read.push(source.state.read);
    }
    expect(read).toEqual([5, 5, 6, 6, 7, 7, 8, 9]);
    await results.return(undefined);
  });

  it('rejects in the order of the input, after the calls under way have ended', async () => {
    const { settle, call } = manualCalls();
    const source = countingSource();
    const results = mapInOrder(source.values, call, { items: 3 });
    const first = results.next();
    await nextTick();
    // an unhandled rejection would fail the run
    settle.get(1)!.reject(new Error('second'));
    await nextTick();
    settle.get(0)!.resolve();
    expect(await first).toEqual({ value: 0, done: false });

    let ended = false;
    const second = results.next().finally(() => {
      ended = true;
    });
    const rejection = expect(second).rejects.toThrow('second');
    await nextTick();
    expect(ended).toBe(false);
    settle.get(2)!.reject(new Error('third, which nobody sees'));
    settle.get(3)!.resolve();
    await rejection;
    expect(source.state).toEqual({ read: 4, returned: true });
    expect(await results.next()).toEqual({ value: undefined, done: true });
  });

  it('waits for the calls under way when the consumer stops early', async () => {
    const { settle, call } = manualCalls();
    const source = countingSource();
    const results = mapInOrder(source.values, call, { items: 3 });
    const first = results.next();
    await nextTick();
    settle.get(0)!.resolve();
    await first;

    let ended = false;
    const stopped = results.return(undefined).finally(() => {
      ended = true;
    });
    settle.get(2)!.resolve();
    await nextTick();
    expect(ended).toBe(false);
    settle.get(1)!.resolve();
    await stopped;
    expect(source.state).toEqual({ read: 3, returned: true });
  });

  it('waits for the calls under way when the source fails', async () => {
    const { settle, call } = manualCalls();
    async function* failing() {
      yield 0;
      throw new Error('unreadable');
    }
    let ended = false;
    const results = collect(mapInOrder(failing(), call, { items: 3 })).finally(() => {
      ended = true;
    });
    const rejection = expect(results).rejects.toThrow('unreadable');
    await nextTick();
    expect(ended).toBe(false);
    settle.get(0)!.resolve();
    await rejection;
  });
});
