import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareManifests, type RunManifest, readManifest } from '../../../src/recycle/run/run-manifest.js';

const MANIFEST: RunManifest = {
  format: 'reflection-tuning run',
  version: 1,
  dataset: 'rows.jsonl',
  data: { sha256: 'a', limit: null },
  teacher: { teacher: 'openai:m', temperature: 0 },
  scoring: { student: 'x', template: 'alpaca 1' },
  selection: { mode: 'v2', max_ifd: '1' },
};

const ALL = { replies: true, scores: true };

describe('compareManifests', () => {
  it('finds nothing where nothing has changed but the name of the file', () => {
    expect(compareManifests(MANIFEST, { ...MANIFEST, dataset: 'moved.jsonl' }, ALL)).toEqual({
      invalidated: [],
      harmless: [],
    });
  });

  it('tells what is lost from what is not', () => {
    const changes = compareManifests(
      MANIFEST,
      {
        ...MANIFEST,
        data: { sha256: 'b', limit: null },
        teacher: { teacher: 'openai:m', temperature: 1, seed: 7 },
        scoring: { student: 'y', template: 'alpaca 1' },
        selection: { mode: 'v2', max_ifd: '0.9' },
      },
      ALL,
    );
    expect(changes.invalidated).toEqual([
      expect.stringMatching(/replies.*temperature was 0 and is 1; seed was not set and is 7/),
      expect.stringMatching(/scores.*student was "x" and is "y"\)/),
    ]);
    expect(changes.harmless).toEqual([
      expect.stringMatching(/dataset.*sha256/),
      expect.stringMatching(/decided anew.*max_ifd was "1" and is "0.9"/),
    ]);
  });

  it('loses nothing by leaving the teacher or the student out', () => {
    const { invalidated } = compareManifests(MANIFEST, { ...MANIFEST, teacher: null, scoring: null }, ALL);
    expect(invalidated).toEqual([]);
  });

  it.each([
    [{ replies: false, scores: true }, [expect.stringContaining('scores')]],
    [{ replies: true, scores: false }, [expect.stringContaining('replies')]],
    [{ replies: false, scores: false }, []],
  ])('loses nothing that is not there, with %j', (kept, invalidated) => {
    const other = { ...MANIFEST, teacher: { teacher: 'openai:n' }, scoring: { student: 'y' } };
    expect(compareManifests(MANIFEST, other, kept).invalidated).toEqual(invalidated);
  });
});

describe('readManifest', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'manifest-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('reads what is ours, finds nothing where nothing is, and refuses the rest', async () => {
    const path = join(directory, 'manifest.json');
    expect(await readManifest(path)).toBeUndefined();
    await writeFile(path, JSON.stringify(MANIFEST));
    expect(await readManifest(path)).toEqual(MANIFEST);
    for (const text of ['{', '[]', '{"format":"other"}', JSON.stringify({ ...MANIFEST, version: 2 })]) {
      await writeFile(path, text);
      await expect(readManifest(path)).rejects.toMatchObject({ code: 'resume_mismatch' });
    }
  });
});
