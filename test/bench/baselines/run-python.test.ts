import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPython } from '../../../bench/baselines/run-python.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-python-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Node in Python's place: what is tested is how a trial is started and listened to. */
async function run(program: string) {
  const script = join(folder, 'trial.mjs');
  await writeFile(script, `import { text } from 'node:stream/consumers';\n${program}`);
  return runPython({ python: process.execPath, script }, { kind: 'sgemm', threads: 3 });
}

describe('runPython', () => {
  it('hands over the task and takes the last line for the result, whatever else is printed', async () => {
    const program = `
      const task = JSON.parse(await text(process.stdin));
      console.log('a library has something to say');
      console.log(JSON.stringify({ facts: { ...task, omp: process.env.OMP_NUM_THREADS } }));`;
    expect(await run(program)).toEqual({ facts: { kind: 'sgemm', threads: 3, omp: '3' } });
  });

  it('keeps variables that slow a matrix library down from it', async () => {
    process.env.OPENBLAS_CORETYPE = 'Prescott';
    try {
      const program =
        "console.log(JSON.stringify({ facts: { core: process.env.OPENBLAS_CORETYPE ?? 'own' } }));";
      expect(await run(program)).toEqual({ facts: { core: 'own' } });
    } finally {
      delete process.env.OPENBLAS_CORETYPE;
    }
  });

  it('fails with a trial that fails', async () => {
    await expect(run('process.exit(3);')).rejects.toThrow('the Python trial (sgemm) failed with exit code 3');
  });
});
