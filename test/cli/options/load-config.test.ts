import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/cli/options/load-config.js';
import { CONFIG } from '../../../src/cli/options/settings.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function load(name: string, text: string) {
  const path = join(directory, name);
  await writeFile(path, text);
  return loadConfig(path, CONFIG);
}

describe('loadConfig', () => {
  it('reads JSON and modules', async () => {
    expect(await load('a.json', '{"keep": "all", "maxIfd": 0.9}')).toEqual({ keep: 'all', maxIfd: 0.9 });
    expect(await load('b.mjs', 'export default { maxIfd: Infinity }')).toEqual({ maxIfd: Infinity });
  });

  it.each([
    ['{"tempo": 1}', '"tempo" is no setting'],
    ['{"rpm": "ten"}', '"rpm"'],
    ['{"rpm": 1.5}', '"rpm"'],
    ['{"maxIfd": 0}', '"maxIfd"'],
    ['[]', 'expected object'],
    ['{', 'cannot be loaded'],
  ])('refuses %s, saying why', async (text, problem) => {
    await expect(load('config.json', text)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining(problem),
    });
  });
});
