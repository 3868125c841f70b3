import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../src/prompt/load-template.js';
import { type ScoringNeed, StudentScores } from '../../../src/recycle/rows/student-scores.js';
import { RunState } from '../../../src/recycle/run/run-state.js';
import { plannerFor } from '../../../src/scoring/score-stream.js';
import { FakeScorer } from '../../scoring/fake-scorer.js';

let directory: string;
let state: RunState;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'student-scores-'));
  state = RunState.open(join(directory, 'state.db'));
});
afterEach(async () => {
  state[Symbol.dispose]();
  await rm(directory, { recursive: true });
});

const template = await loadTemplate('none');

function scoresWith(scorer: FakeScorer, fingerprint: object = { student: 'a' }): StudentScores {
  const { signal } = new AbortController();
  return new StudentScores({ scorer, planner: plannerFor(scorer, { template }), fingerprint, state, signal });
}

function need(metric: ScoringNeed['metric'], output: string, turnIdentity = 'row'): ScoringNeed {
  const sample = { instruction: 'Say a word.', input: '', output };
  return { turnIdentity, metric, sample, scorable: sample };
}

describe('StudentScores', () => {
  it('takes 2 passes for an IFD and 3 for two r-IFD of one instruction', async () => {
    const scorer = new FakeScorer();
    const scores = scoresWith(scorer);
    await scores.measure([need('ifd', 'Word.')]);
    await scores.measure([need('rifd', 'Word.'), need('rifd', 'A word.')]);
    expect(scorer.calls).toEqual([2, 3]);
  });

  it('computes a score once, unless what it depends on changes', async () => {
    const scorer = new FakeScorer();
    const needs = [need('ifd', 'Word.'), need('rifd', 'Word.'), need('ifd', 'Word.')];
    const first = await scoresWith(scorer).measure(needs);
    expect(first[2]).toEqual(first[0]);
    expect(scorer.calls).toEqual([4]);
    const again = scoresWith(scorer);
    expect(await again.measure(needs)).toEqual(first);
    expect([again.scored, scorer.calls]).toEqual([0, [4]]);
    await scoresWith(scorer, { student: 'b' }).measure(needs);
    await again.measure([need('ifd', 'Word.', 'another row')]);
    expect(scorer.calls).toEqual([4, 4, 2]);
  });

  it('never gives a session two jobs at a time, whose sequences would share batches', async () => {
    const scorer = new FakeScorer({ parallelism: 2 });
    const scores = scoresWith(scorer);
    await Promise.all(Array.from({ length: 9 }, (_, i) => scores.measure([need('ifd', `Word ${i}.`)])));
    expect(scorer.mostInFlight).toBe(2);
    expect(scorer.calls).toHaveLength(9);
  });

  it('says why there is no score', async () => {
    const scores = scoresWith(new FakeScorer());
    expect(await scores.measure([need('ifd', ''), need('rifd', 'x'.repeat(2000))])).toMatchObject([
      { kind: 'unscorable', reason: 'empty_output' },
      { kind: 'unscorable', reason: 'reverse_prompt_too_long' },
    ]);
  });
});
