import { describe, expect, it } from 'vitest';
import { judge } from '../../../bench/study/judge.js';
import type { Target } from '../../../bench/study/study.js';
import { claim, round } from './study-fixture.js';

const ROUNDS = [1, 3, 2].map((seconds) => round({ ours: { seconds }, other: {} }));
const verdictOf = (target?: Target) => {
  const measure = (each: (typeof ROUNDS)[number]) => each.get('ours')!.seconds;
  return judge(claim({ measure, ...(target && { target }) }), ROUNDS);
};

describe('judge', () => {
  it('judges by the median of the rounds', () => {
    expect(verdictOf({ direction: 'at least', done: 2, aim: 2.5 })).toMatchObject({
      samples: [1, 3, 2],
      spread: { median: 2, min: 1, max: 3 },
      verdict: 'PASS',
      reachesAim: false,
    });
    expect(verdictOf({ direction: 'at least', done: 2.1 })).toMatchObject({
      verdict: 'BELOW',
      reachesAim: null,
    });
    expect(verdictOf({ direction: 'at most', done: 2, aim: 2 })).toMatchObject({
      verdict: 'PASS',
      reachesAim: true,
    });
    expect(verdictOf({ direction: 'at most', done: 1.9 })).toMatchObject({ verdict: 'BELOW' });
  });

  it('only reports what has no target', () => {
    expect(verdictOf()).toMatchObject({ kind: 'measured', verdict: null, reachesAim: null });
  });

  it('says who was missing instead of making up a figure', () => {
    expect(judge(claim({ needs: ['ours', 'hf'] }), ROUNDS)).toMatchObject({
      kind: 'unmeasured',
      missing: ['hf'],
    });
    expect(judge(claim(), [])).toMatchObject({ kind: 'unmeasured' });
  });
});
