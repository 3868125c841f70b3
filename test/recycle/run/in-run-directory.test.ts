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
  await writeFile(join(directory, 'rows.jsonl'), '{"instruction":"a","output":"b"}');
});
afterEach(() => rm(directory, { recursive: true }));

const work = (run: () => unknown, signal?: AbortSignal) => {
  const dataset = join(directory, 'rows.jsonl');
  return inRunDirectory(
    { dataset, output, format: undefined, layout: {}, limit: undefined, inputs: [], outputs: [], signal },
    async () => run(),
  );
};

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
    const exhausted = new ReflectionError('budget_exhausted', 'Nothing is left.');
    const first = new AbortController();
    await expect(
      work(() => {
        first.abort();
        throw exhausted;
      }, first.signal),
    ).rejects.toBe(exhausted);
    const second = new AbortController();
    const late = () => {
      second.abort();
      return missingFile();
    };
    await expect(work(late, second.signal)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is aborted when it gave up because of the signal', async () => {
    const reason = new TypeError('of the caller’s own kind');
    for (const given of [undefined, reason]) {
      const controller = new AbortController();
      const { signal } = controller;
      const ended = work(() => {
        controller.abort(given);
        signal.throwIfAborted();
      }, signal);
      await expect(ended).rejects.toMatchObject({ code: 'aborted', cause: given ?? { name: 'AbortError' } });
    }
    const byWork = new ReflectionError('aborted', 'Given up.');
    const controller = new AbortController();
    await expect(
      work(() => {
        controller.abort();
        throw byWork;
      }, controller.signal),
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
