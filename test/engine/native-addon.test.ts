import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseAddon, whyUnfit, writeAddonRecord } from '../../scripts/native-addon.mjs';

let directory: string;
let addon: string;
let record: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'native-addon-'));
  addon = join(directory, 'some.node');
  record = join(directory, 'some.json');
  await writeFile(addon, '');
  writeAddonRecord(addon);
});
afterEach(() => rm(directory, { recursive: true }));

describe('an addon', () => {
  it('fits the installation it was built in', () => {
    expect(whyUnfit(addon)).toBeUndefined();
  });

  it.each([
    [{ llamaCpp: 'v9.9.9' }, /built for llama\.cpp v9\.9\.9, but v[\d.]+ is installed/],
    [{ platform: 'plan9' }, /built for plan9-/],
    [{ arch: 'pdp11' }, /built for \w+-pdp11/],
    [{ libc: 'musl2' }, /built for musl2/],
  ])('is refused by name elsewhere: %o', async (other, reason) => {
    await writeFile(record, JSON.stringify({ ...JSON.parse(await readFile(record, 'utf8')), ...other }));
    expect(whyUnfit(addon)).toMatch(reason);
  });

  it('is refused when it is not there or nobody knows what it is', async () => {
    await writeFile(record, '{');
    expect(whyUnfit(addon)).toMatch(/cannot be read/);
    await rm(record);
    expect(whyUnfit(addon)).toMatch(/cannot be read/);
    expect(whyUnfit(join(directory, 'none.node'))).toBe('there is none');
  });

  it('loads from wherever it is put', async () => {
    const { file } = chooseAddon();
    await copyFile(file!, addon);
    const program = `
      import { loadAddon } from '${new URL('../../scripts/native-addon.mjs', import.meta.url)}';
      console.log(loadAddon(${JSON.stringify(addon)}).versions().llama);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stdout).toMatch(/\w/);
  });
});
