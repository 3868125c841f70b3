import { link, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseExisting, refuseToOverwriteInputs } from '../../src/output/claim-paths.js';

let directory: string;
let input: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claim-paths-'));
  input = join(directory, 'rows.jsonl');
  await writeFile(input, 'rows');
});
afterEach(() => rm(directory, { recursive: true }));

const place = (name: string) => join(directory, name);

describe('refuseToOverwriteInputs', () => {
  it.each<[string, () => Promise<string>]>([
    ['itself', async () => input],
    ['another spelling', async () => relative('.', `${directory}/./x/../rows.jsonl`)],
    ['a symbolic link', () => symlink('rows.jsonl', place('link')).then(() => place('link'))],
    ['a hard link', () => link(input, place('hard')).then(() => place('hard'))],
    [
      'a name in a linked directory',
      () => symlink(directory, place('here')).then(() => place('here/rows.jsonl')),
    ],
  ])('knows an input by %s', async (_, name) => {
    const output = await name();
    await expect(refuseToOverwriteInputs(['-', input], [place('other'), output])).rejects.toMatchObject({
      code: 'output_unwritable',
      message: `Writing ${output} would change ${input}, which this command reads.`,
    });
  });

  it.runIf(process.platform === 'linux')('knows it by an open file', async () => {
    const file = await open(input);
    const output = `/proc/self/fd/${file.fd}`;
    await expect(refuseToOverwriteInputs([input], [output])).rejects.toMatchObject({
      code: 'output_unwritable',
    });
    await file.close();
  });

  it('knows an input that is not there yet, and where a dangling link leads', async () => {
    await mkdir(place('sub'));
    await symlink('../later', place('sub/link'));
    await expect(refuseToOverwriteInputs([place('later')], [place('sub/link')])).rejects.toThrow(/later/);
  });

  it('lets others pass', async () => {
    await writeFile(place('copy'), 'rows');
    await refuseToOverwriteInputs([input], [place('copy'), place('new'), place('none/new')]);
  });
});

describe('refuseExisting', () => {
  it('lets nothing be lost unless told to', async () => {
    await expect(refuseExisting(input, false)).rejects.toMatchObject({
      code: 'output_unwritable',
      remedy: expect.stringContaining('`force`'),
    });
    await refuseExisting(input, true);
    await refuseExisting(place('new'), false);
    await refuseExisting('-', false);
    await expect(refuseExisting(directory, true)).rejects.toThrow(/is a directory/);
    await expect(refuseExisting('/dev/null', true)).rejects.toThrow(/no regular file/);
  });
});
