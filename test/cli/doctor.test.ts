import { expect, it } from 'vitest';
import { PACKAGE_VERSION } from '../../src/util/package-version.js';
import { runCliWell } from '../helpers/run-cli.js';

it('says what was found, what is chosen and why not the others', async () => {
  const { stdout, stderr } = await runCliWell(['doctor']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(new RegExp(`^reflection-tuning +${PACKAGE_VERSION}$`, 'm'));
  expect(stdout).toContain(`${process.version}, ${process.platform}-${process.arch}`);
  expect(stdout).toMatch(/^llama\.cpp +\S+, \S/m);

  const findings = [...stdout.matchAll(/^(found|missing) +(.*?) {2,}(.+)$/gm)].map(
    ([, state, subject, detail]) => ({ state, subject, detail }),
  );
  expect(findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(['CPU', 'cuda', 'metal', 'vulkan']),
  );
  const found = findings.filter(({ state }) => state === 'found').map(({ subject }) => subject);
  const [, chosen] = /^chosen: (\w+) \(.+\), with the (?:tuned|prebuilt) CPU back end$/m.exec(stdout) ?? [];
  const best = ['cuda', 'metal', 'vulkan'].find((kind) => found.includes(kind)) ?? 'cpu';
  expect(chosen).toBe(best);
});
