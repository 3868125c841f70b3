import { describe, expect, it } from 'vitest';
import { rooflinePoints } from '../../../bench/study/roofline.js';
import { entry, round } from './study-fixture.js';

const STUDY = { name: 's', title: 't', claims: [], rounds: 1, entries: [entry('ours'), entry('sgemm')] };
const OURS = { seconds: 2, facts: { decodedTokens: 1e7, outputRows: 5e6, decodes: 2e4 } };

describe('rooflinePoints', () => {
  it('puts a student under both ceilings', () => {
    const sgemm = { facts: { torchGflops: 3, numpyGflops: 5, readGigabytesPerSecond: 20 } };
    const entries = [entry('ours'), entry('sgemm', { contender: 'sgemm' })];
    // 100 weights of the body and half of the head's 50; the file of 250 MB once in 500 tokens
    expect(rooflinePoints({ ...STUDY, entries }, [round({ ours: OURS, sgemm })])).toEqual([
      {
        name: 'ours',
        flopsPerToken: 250,
        bytesPerToken: 500_000,
        bandwidthRoof: (250 / 500_000) * 20,
        computeRoof: 5,
        achieved: (250 * 1e7) / 2 / 1e9,
      },
    ]);
  });

  it('are none where the machine was not measured', () => {
    expect(rooflinePoints(STUDY, [round({ ours: OURS })])).toEqual([]);
  });
});
