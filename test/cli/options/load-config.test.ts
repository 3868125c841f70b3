import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/cli/options/load-config.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function load(name: string, text: string) {
  const path = join(directory, name);
  await writeFile(path, text);
  return loadConfig(path);
}

describe('loadConfig', () => {
  it('reads JSON and modules', async () => {
    expect(await load('a.json', '{"keep": "all", "maxIfd": 0.9}')).toEqual({ keep: 'all', maxIfd: 0.9 });
    expect(await load('b.mjs', 'export default { maxIfd: Infinity }')).toEqual({ maxIfd: Infinity });
  });

  it.each([
    ['{"temprature": 1}', '"temprature" is no option; did you mean temperature?'],
    ['{"score": {"max-length": 9}}', '"score.max-length" is no option; did you mean maxLength?'],
    ['{"score": {"rpm": 9}}', '"score.rpm" is no option here, but one of run, reflect'],
    ['{"retryWait": 1}', '"retryWait" is no option here, but one of the library'],
    ['{"rpm": "ten"}', '"rpm" cannot be "ten": Expected a whole number of at least 1'],
    ['{"rpm": 1.5}', '"rpm" cannot be 1.5'],
    ['{"maxIfd": 0}', '"maxIfd" cannot be 0'],
    ['{"score": {"metrics": ["ifd", "ppl"]}}', '"score.metrics" cannot be ["ifd","ppl"]'],
    ['[]', 'expected object'],
    ['{', 'cannot be loaded'],
  ])('refuses %s, saying why', async (text, problem) => {
    await expect(load('config.json', text)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining(problem),
    });
  });
});
