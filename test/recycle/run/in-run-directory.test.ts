import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReflectionError } from '../../../src/errors.js';
import { inRunDirectory } from '../../../src/recycle/run/in-run-directory.js';

let directory: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'in-run-directory-'));
  output = join(directory, 'run');
});
afterEach(() => rm(directory, { recursive: true }));

const work = (run: () => unknown, signal?: AbortSignal) =>
  inRunDirectory({ dataset: 'rows.jsonl', output, ...(signal && { signal }) }, async () => run());

/** What Node says of a file that is not there. */
const missingFile = () => readFile(join(directory, 'none'));

describe('work in a run directory', () => {
  it('fails with what went wrong, not with a guess that it was writing', async () => {
    const coded = Object.assign(new Error('no good'), { code: 'ERR_INVALID_ARG_TYPE' });
    await expect(
      work(() => {
        throw coded;
      }),
    ).rejects.toBe(coded);
    await expect(work(missingFile)).rejects.toMatchObject({ code: 'ENOENT', name: 'Error' });
    expect(await readdir(output)).not.toContain('run.lock');
  });

  it('fails with what went wrong after a signal too', async () => {
    const signal = AbortSignal.abort();
    const exhausted = new ReflectionError('budget_exhausted', 'Nothing is left.');
    await expect(
      work(() => {
        throw exhausted;
      }, signal),
    ).rejects.toBe(exhausted);
    await expect(work(missingFile, signal)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is aborted when it gave up because of the signal', async () => {
    const reason = new TypeError('of the caller’s own kind');
    for (const signal of [AbortSignal.abort(), AbortSignal.abort(reason)]) {
      const ended = work(() => signal.throwIfAborted(), signal);
      await expect(ended).rejects.toMatchObject({ code: 'aborted', cause: signal.reason });
    }
    const byWork = new ReflectionError('aborted', 'Given up.');
    await expect(
      work(() => {
        throw byWork;
      }, AbortSignal.abort()),
    ).rejects.toBe(byWork);
  });

  it('is refused where no directory can be', async () => {
    await writeFile(output, '');
    await expect(work(() => {})).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('is a file'),
    });
    output = join(output, 'below');
    await expect(work(() => {})).rejects.toMatchObject({
      code: 'output_unwritable',
      message: `Cannot write ${output}: part of its path is a file.`,
    });
    output = join(directory, 'locked');
    await mkdir(join(output, 'run.lock'), { recursive: true });
    await expect(work(() => {})).rejects.toMatchObject({ code: 'output_unwritable' });
  });
});
