import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsDigestOf } from '../../src/pipeline/rows-digest.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rows-digest-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function digestOf(content: string | Buffer, limit?: number): Promise<string> {
  const path = join(directory, 'rows');
  await writeFile(path, content);
  return rowsDigestOf(path, { limit });
}

/** Rows as their sources, malformed ones among them. */
const rows = fc.array(
  fc.oneof(
    fc.record({ instruction: fc.string(), output: fc.string() }).map((row) => JSON.stringify(row)),
    fc.constantFrom('{"instruction":', 'null', '7'),
  ),
  { minLength: 1, maxLength: 6 },
);

it('depends on the rows and their order alone', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (sources) => {
      const lines = await digestOf(sources.join('\n'));
      expect(lines).toMatch(/^[0-9a-f]{64}$/);
      expect(await digestOf(gzipSync(`\n${sources.join('\r\n\n')}\n`))).toBe(lines);
      expect(await digestOf([...sources, '{"one":"more"}'].join('\n'), sources.length)).toBe(lines);
    }),
    { numRuns: 30 },
  );
});

it('tells different rows apart', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, async (some, others) => {
      const same = some.length === others.length && some.every((source, i) => source === others[i]);
      expect((await digestOf(some.join('\n'))) === (await digestOf(others.join('\n')))).toBe(same);
    }),
    { numRuns: 30 },
  );
});
