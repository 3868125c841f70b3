import { describe, expect, it } from 'vitest';
import { scoreInputs } from '../../src/pipeline/score-inputs.js';

const ASKED = { dataset: 'data/rows.json.gz', student: 'x.gguf' };

describe('scoreInputs', () => {
  it('makes of options what they stand for', async () => {
    const { signal } = new AbortController();
    const inputs = await scoreInputs({ ...ASKED, metrics: ['rifd', 'ifd'], devices: ['cpu', 'cpu'], signal });
    expect(inputs).toMatchObject({
      ...{ dataset: 'data/rows.json.gz', output: 'rows.scored.jsonl', existing: 'new' },
      ...{
        template: { kind: 'ours', template: { name: 'alpaca' } },
        metrics: ['ifd', 'rifd'],
        definition: 'exact',
        perToken: false,
      },
    });
    const student = { model: 'x.gguf', devices: ['cpu', 'cpu'], maxLength: 2048, precision: 'fast', signal };
    expect(inputs.student).toMatchObject(student);
  });

  it('tells what to do about an output that is there', async () => {
    expect(await scoreInputs({ ...ASKED, resume: true, acceptChanges: true })).toMatchObject({
      existing: 'resume',
      acceptChanges: true,
    });
    expect(await scoreInputs({ ...ASKED, force: true })).toMatchObject({ existing: 'force' });
    await expect(scoreInputs({ ...ASKED, resume: true, force: true })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'resume',
    });
  });
});
