import { describe, expect, it } from 'vitest';
import { reflectInputs, runInputs } from '../../src/recycle/run-inputs.js';

const PLACE = { dataset: 'rows.jsonl', output: 'run' };
const STUDENT = { student: 'x.gguf', device: 'cuda:1', threads: 3, maxLength: 99 } as const;

describe('runInputs', () => {
  it('gives a teacher the options that concern it', async () => {
    const local = await runInputs({ ...PLACE, ...STUDENT, teacher: 'gguf:y.gguf' });
    // a GPU of several is the student's alone
    expect(local.teacher).toEqual({
      name: 'gguf:y.gguf',
      isBatch: false,
      options: { teacherDevice: 'cuda', threads: 3 },
    });
    expect(local.student).toMatchObject({ model: 'x.gguf', device: 'cuda:1', threads: 3, maxLength: 99 });

    const ofItsOwn = await runInputs({ ...PLACE, ...STUDENT, teacher: 'gguf:y.gguf', teacherDevice: 'cpu' });
    expect(ofItsOwn.teacher?.options).toMatchObject({ teacherDevice: 'cpu' });

    const server = await runInputs({ ...PLACE, ...STUDENT, teacher: 'openai:m', rpm: 5 });
    expect(server.teacher?.options).toMatchObject({ rpm: 5, requestTimeout: 180 });
    expect(server.teacher?.options).not.toHaveProperty('threads');
    expect(server.teacher?.options).not.toHaveProperty('batchSize');

    const batches = { teacher: 'openai:m', teacherBatch: true, batchPoll: 7 };
    const { teacher } = await reflectInputs({ ...PLACE, ...batches });
    expect(teacher).toMatchObject({ isBatch: true, options: { batchPoll: 7, batchSize: 10_000 } });
    expect(teacher.options).not.toHaveProperty('requestTimeout');
  });

  it('has a default for what is left out', async () => {
    const at = async (teacher: string) => (await reflectInputs({ ...PLACE, teacher })).concurrency;
    expect([await at('openai:m'), await at('gguf:y.gguf'), await at('replay:z')]).toEqual([8, 4, 8]);
    expect(await runInputs({ ...PLACE, mode: 'score-only', student: 'x.gguf' })).toMatchObject({
      teacher: undefined,
      sampling: { maxTokens: 2048, temperature: 0 },
      policy: { maxIfd: 1, maxRifd: 1, keep: 'response-reflected', onFilterFail: 'drop' },
      scoring: { template: { template: { name: 'alpaca' } }, definition: 'exact' },
      ...{ turns: 'last', layout: {}, eager: false, grace: 20 },
    });
    expect(await runInputs({ ...PLACE, mode: 'v1', teacher: 'openai:m' })).toMatchObject({
      student: undefined,
      mode: 'v1',
    });
  });
});
