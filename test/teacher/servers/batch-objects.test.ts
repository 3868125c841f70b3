import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchTeacher } from '../../../src/teacher/batch/batch-teacher.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import {
  type BatchLine,
  type BatchScript,
  startScriptedBatches,
} from '../../helpers/scripted-batch-server.js';
import { teacherRequest } from '../../helpers/teacher-requests.js';
import { failure, goodContent } from './server-case.js';
import { Witness } from './witness.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-objects-'));
});
afterEach(() => rm(folder, { recursive: true }));

const result = ({ custom_id, body }: BatchLine) => ({
  custom_id,
  response: {
    status_code: 200,
    body: { choices: [{ finish_reason: 'stop', message: { content: goodContent(body) } }] },
  },
});

/** One request through batches of a provider with ways of its own. */
async function askThrough(script: Partial<BatchScript>): Promise<Witness> {
  let calls = 0;
  await using server = await startScriptedBatches({ result, looks: 1, see: () => calls++, ...script });
  const witness = new Witness(() => calls);
  await using teacher = new BatchTeacher({
    ...{ model: 'm', baseUrl: server.baseUrl, random: () => 0, onNotice: witness.onNotice },
    ...{ statePath: join(folder, 'batches.json'), clock: new FakeClock() },
  });
  try {
    for await (const { reply } of teacher.askAll([teacherRequest()])) witness.reply(reply);
  } catch (error) {
    witness.stopped(error);
  }
  return witness;
}

describe('a batch that is finished and paid for is collected', () => {
  it.each<[string, (batch: Record<string, unknown>) => unknown]>([
    ['with an error file of no name', (batch) => ({ ...batch, error_file_id: '' })],
    ['with an error file 0', (batch) => ({ ...batch, error_file_id: 0 })],
    [
      'with nothing said of errors',
      ({ errors: _, error_file_id: __, ...batch }) => ({ ...batch, request_counts: null }),
    ],
    ['with an empty list of errors', (batch) => ({ ...batch, errors: { object: 'list', data: [] } })],
    ['with its status in capitals', (batch) => ({ ...batch, status: String(batch.status).toUpperCase() })],
    ['in a wrapping', (batch) => ({ code: 0, message: '', data: batch })],
  ])('%s', async (_, tell) => {
    const witness = await askThrough({ tell });
    expect(witness.replies).toMatchObject([{ kind: 'answered' }]);
    expect(witness.words.trim()).toBe('');
  });

  it('though it is called failed, where there are results', async () => {
    const witness = await askThrough({
      tell: (batch) => (batch.status === 'completed' ? { ...batch, status: 'failed' } : batch),
    });
    expect(witness.replies).toMatchObject([{ kind: 'answered' }]);
  });

  it('with lines that are none among the results', async () => {
    const witness = await askThrough({ result: (line) => (line.custom_id ? result(line) : null) });
    expect(witness.replies).toMatchObject([{ kind: 'answered' }]);
  });
});

describe('what a provider says of batches is told', () => {
  it('where it has none', async () => {
    const { error, requestsBeforeWord } = await askThrough({
      refuse: (route) => (route === 'POST /files' ? failure(404, { detail: 'Not Found' }) : undefined),
    });
    expect(error).toMatchObject({
      code: 'teacher_unusable',
      message: 'The teacher does not take batches. The server answered with status 404: Not Found.',
      remedy: expect.stringContaining('without batches'),
    });
    expect(requestsBeforeWord).toBeLessThanOrEqual(3);
  });

  it('where the account has nothing left', async () => {
    const { error } = await askThrough({
      refuse: (route) =>
        route === 'POST /batches'
          ? failure(400, [{ error: { code: 400, message: 'Your credit balance is too low.' } }])
          : undefined,
    });
    expect(error).toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringContaining('Your credit balance is too low.'),
    });
  });

  it('where it turns a batch down, in whatever shape', async () => {
    for (const errors of [
      [{ message: 'No such model.' }],
      'No such model.',
      { data: [{ message: 'No such model.' }] },
    ]) {
      const { error } = await askThrough({
        ends: 'failed',
        tell: (batch) => (batch.status === 'failed' ? { ...batch, errors, output_file_id: '' } : batch),
      });
      expect(error).toMatchObject({
        code: 'teacher_unusable',
        message: 'The provider turned the batch batch-0 down: No such model.',
      });
      await rm(join(folder, 'batches.json'), { force: true });
    }
  });

  it('where it answers with something else', async () => {
    const { error, requestsBeforeWord } = await askThrough({
      refuse: (route) => (route === 'POST /files' ? { kind: 'raw', body: '{"ok": true}' } : undefined),
    });
    expect(error).toMatchObject({
      code: 'teacher_unreachable',
      message: expect.stringContaining('Where a file was expected, the server answered {"ok":true}'),
      remedy: expect.stringContaining('Resume later'),
    });
    expect(requestsBeforeWord).toBeLessThanOrEqual(3);
  });
});
