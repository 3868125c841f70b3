import { describe, expect, it } from 'vitest';
import { readBatch, readBatchPage } from '../../../src/teacher/batch/batch-object.js';
import { outcomeOf, parseBatchResult } from '../../../src/teacher/batch/batch-result.js';

const WHOLE = {
  id: 'batch_1',
  status: 'completed',
  metadata: { ticket: 't-1' },
  output_file_id: 'file_1',
  error_file_id: 'file_2',
  errors: null,
};

/** What stands for nothing, here and there. */
const ABSENT = [null, undefined, '', '  ', 0, false, {}] as const;

describe('a batch', () => {
  it('is read with all it has', () => {
    expect(readBatch(WHOLE)).toEqual({
      ...{ id: 'batch_1', phase: 'finished', status: 'completed', ticket: 't-1', errors: '' },
      files: ['file_1', 'file_2'],
    });
  });

  it.each(ABSENT)('has no file, name or error where there is %j', (nothing) => {
    expect(readBatch({ ...WHOLE, error_file_id: nothing })?.files).toEqual(['file_1']);
    expect(readBatch({ ...WHOLE, output_file_id: nothing })?.files).toEqual(['file_2']);
    expect(readBatch({ ...WHOLE, metadata: nothing })?.ticket).toBeNull();
    expect(readBatch({ ...WHOLE, metadata: { ticket: nothing } })?.ticket).toBeNull();
    expect(readBatch({ ...WHOLE, errors: nothing })?.errors).toBe('');
    expect(readBatch({ ...WHOLE, id: nothing })).toBeUndefined();
  });

  it('has no members at all where they are left out', () => {
    expect(readBatch({ id: 'b', status: 'completed' })).toEqual({
      ...{ id: 'b', phase: 'finished', status: 'completed', ticket: null, files: [], errors: '' },
    });
  });

  it.each([
    ['completed', 'finished'],
    ['COMPLETED', 'finished'],
    ['SUCCESS', 'finished'],
    ['ended', 'finished'],
    ['expired', 'cut_short'],
    ['TIMEOUT_EXCEEDED', 'cut_short'],
    ['cancelled', 'cut_short'],
    ['failed', 'failed'],
    ['validating', 'open'],
    ['in_progress', 'open'],
    ['finalizing', 'open'],
    ['a word that nobody knows', 'open'],
    ['', 'open'],
  ])('that is %j is %s', (status, phase) => {
    expect(readBatch({ ...WHOLE, status })?.phase).toBe(phase);
  });

  it.each([
    [{ data: [{ code: 'bad_line', message: 'Line 3 is odd.' }] }, 'bad_line: Line 3 is odd.'],
    [[{ message: 'Line 3 is odd.' }], 'Line 3 is odd.'],
    [{ message: 'No funds.' }, 'No funds.'],
    ['No funds.', 'No funds.'],
    [{ object: 'list', data: [] }, ''],
  ])('has the words of %j', (errors, words) => {
    expect(readBatch({ ...WHOLE, errors })?.errors).toBe(words);
  });

  it('is found in the wrapping that some put around everything', () => {
    expect(readBatch({ code: 0, data: WHOLE })?.id).toBe('batch_1');
  });

  it.each([null, undefined, '', 0, [], 'batch', {}, { data: null }])('is none that is %j', (value) => {
    expect(readBatch(value)).toBeUndefined();
  });
});

describe('a page of batches', () => {
  it.each([
    [{ data: [WHOLE, { ...WHOLE, id: 'batch_2' }], has_more: true }, 2, 'batch_2'],
    [{ data: [WHOLE], has_more: false }, 1, null],
    [{ data: [WHOLE] }, 1, null],
    [{ data: [WHOLE, null, { id: '' }], has_more: null }, 1, null],
    [[WHOLE], 1, null],
    [{ data: null, has_more: true }, 0, null],
    [null, 0, null],
  ])('%# has its batches, and where there are more', (page, count, after) => {
    const read = readBatchPage(page);
    expect(read.batches).toHaveLength(count);
    expect(read.after).toBe(after);
  });
});

describe('a line of results', () => {
  const body = { choices: [{ finish_reason: 'stop', message: { content: 'Hi.' } }] };
  const outcome = (response: unknown) =>
    outcomeOf(parseBatchResult({ custom_id: 'a', response, error: null })!, 0, (text) => text);

  it.each([
    { status_code: 200, body },
    { status_code: '200', body },
    { status_code: 0, body },
    { status_code: null, body },
    { request_id: '', body },
    { status_code: 200, body: JSON.stringify(body) },
    body,
  ])('is a reply: %j', (response) => {
    expect(outcome(response)).toMatchObject({ kind: 'reply', text: 'Hi.', finish: 'stop', counts: null });
  });

  it.each(ABSENT)('is no answer of the model where the response is %j', (response) => {
    expect(outcome(response)).toBeUndefined();
  });

  it('that failed has the words of whoever failed it', () => {
    const failed = { custom_id: 'a', response: null };
    expect(
      parseBatchResult({ ...failed, error: { code: 'batch_expired', message: 'Too late.' } })?.said,
    ).toBe('Too late.');
    expect(parseBatchResult({ ...failed, error: { code: 'batch_expired', message: '' } })?.said).toBe(
      'batch_expired',
    );
    for (const error of ABSENT) expect(parseBatchResult({ ...failed, error })?.said).toBe('');
  });

  it.each(ABSENT)('is none without a name: %j', (custom_id) => {
    expect(parseBatchResult({ custom_id, response: { body } })).toBeUndefined();
  });
});
