import { describe, expect, it } from 'vitest';
import { judge } from '../../../bench/study/judge.js';
import { findingTable, trialTable, unmeasuredLines } from '../../../bench/study/tables.js';
import { claim, entry, round } from './study-fixture.js';

describe('trialTable', () => {
  it('shows speed, work and memory, and leaves out what an entry does not have', () => {
    const study = {
      ...{ name: 's', title: 't', claims: [], rounds: 2 },
      entries: [entry('ours'), entry('sgemm')],
    };
    const rounds = [
      round({ ours: {}, sgemm: { tokens: 0, rows: 0, peakBytes: null } }),
      round({ ours: { seconds: 2, peakBytes: 310e6 }, sgemm: { tokens: 0, rows: 0, peakBytes: null } }),
    ];
    expect(trialTable(study, rounds).rows).toEqual([
      ['ours', '750 (500-1,000)', '7.5 (5-10)', '1.5 (1-2)', '10', '1000', '310 MB', '60 MB'],
      ['sgemm', '', '', '1', '', '', '', ''],
    ]);
  });
});

describe('findingTable', () => {
  const rounds = [round({ ours: {}, other: {} })];
  const target = { direction: 'at least', done: 1.5, aim: 3 } as const;

  it('shows figures with their targets and lists apart what was not measured', () => {
    const findings = [
      judge(claim({ measure: () => 4, target }), rounds),
      judge(claim({ measure: () => 2, target }), rounds),
      judge(
        claim({ measure: () => 601, unit: 'megabytes', target: { direction: 'at most', done: 600 } }),
        rounds,
      ),
      judge(claim({ measure: () => 2.34 }), rounds),
      judge(claim({ needs: ['hf'], against: 'Python' }), rounds),
    ];
    expect(findingTable(findings).rows.map((cells) => cells.slice(3))).toEqual([
      ['4.00 x', 'at least 1.5 x, aim 3 x', 'PASS, aim reached'],
      ['2.00 x', 'at least 1.5 x, aim 3 x', 'PASS'],
      ['601 MB', 'at most 600 MB', 'BELOW'],
      ['2.34 x', '', ''],
    ]);
    expect(unmeasuredLines(findings)).toEqual(['tokens/s, a model, against Python: hf took no part']);
  });
});
