import { describe, expect, it } from 'vitest';
import { judge } from '../../../bench/study/judge.js';
import { markdownTable } from '../../../bench/study/markdown-table.js';
import { resultsPage } from '../../../bench/study/results-page.js';
import { SURROUNDINGS } from '../report/surroundings.js';
import { claim, entry, round } from './study-fixture.js';

describe('resultsPage', () => {
  it('says where, with what and against what, and names what was not measured', () => {
    const rounds = [round({ ours: { facts: { cpuBackend: 'tuned' } }, other: {} })];
    const claims = [
      claim({ measure: () => 2, target: { direction: 'at least', done: 1.5 } }),
      claim({ needs: ['hf'] }),
    ];
    const study = { name: 's', title: 'a study', entries: [entry('ours')], claims, rounds: 1 };
    const findings = claims.map((each) => judge(each, rounds));
    const page = resultsPage(SURROUNDINGS, 'npm run bench', [
      { study, rounds, findings, disagreement: 0.001 },
    ]);
    expect(page).toContain('| machine | a cpu, 2 cores, 8 GB |');
    expect(page).toContain('| tokens/s | a model | other | 2.00 x | at least 1.5 x | PASS |');
    expect(page).toContain('- tokens/s, a model, against other: hf took no part');
    expect(page).toContain('### a study');
    expect(page).toContain('CPU back end: ours tuned. Losses of all contenders agree to 1.0e-3 nats.');
  });
});

describe('markdownTable', () => {
  it('aligns columns and keeps bars inside cells', () => {
    const table = markdownTable({ head: ['a', 'b'], align: ['left', 'right'], rows: [['x|y', '1']] });
    expect(table).toBe('| a | b |\n| --- | --: |\n| x\\|y | 1 |');
  });
});
