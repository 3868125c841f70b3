import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../../src/recycle/outputs/read-audit.js';

const AUDITS = [
  { row: 1, id: '2' },
  { row: 2, id: null },
  { row: 3, id: 'x' },
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-audit-'));
  for (const name of ['manifest.json', 'summary.json']) await writeFile(join(directory, name), '{}');
  await writeFile(
    join(directory, 'audit.jsonl'),
    AUDITS.map((audit) => `${JSON.stringify(audit)}\n`).join(''),
  );
});
afterEach(() => rm(directory, { recursive: true }));

describe('readAudit', () => {
  it('finds a row by its id, and else by its number', async () => {
    expect(await readAudit(directory, 'x')).toEqual(AUDITS[2]);
    expect(await readAudit(directory, '3')).toEqual(AUDITS[2]);
    expect(await readAudit(directory, '2')).toEqual(AUDITS[0]);
  });

  it('says what is not there', async () => {
    const refusal = { code: 'dataset_unreadable', remedy: expect.stringMatching(/./) };
    await expect(readAudit(directory, '4')).rejects.toMatchObject(refusal);
    await expect(readAudit(join(directory, 'none'), '1')).rejects.toMatchObject(refusal);
    await rm(join(directory, 'summary.json'));
    await expect(readAudit(directory, '1')).rejects.toMatchObject(refusal);
  });

  it('can be called off', async () => {
    const signal = AbortSignal.abort();
    await expect(readAudit(directory, 'x', { signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});
