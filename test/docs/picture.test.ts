import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_DATASET, PROJECT_ROOT } from '../helpers/paths.js';
import { runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';

/** How far a mark may be off, in units of the picture; a unit is 0.002 in IFD and 0.004 in r-IFD. */
const TOLERANCE = 1.5;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'picture-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** The marks of rows: kind, and where they are. */
function marksOf(svg: string): { kind: string; x: number; y: number }[] {
  const marks = svg.matchAll(/<path class="mark (\w+)" transform="translate\(([\d.]+) ([\d.]+)\)"/g);
  return [...marks].map(([, kind, x, y]) => ({ kind: kind!, x: Number(x), y: Number(y) }));
}

describe('the picture in the README', () => {
  it('shows the scores of the example rows', async () => {
    const scores = join(directory, 'scores.jsonl');
    const picture = join(directory, 'scores.svg');
    await runCliWell(['score', EXAMPLE_DATASET, ...TINY_ON_ONE_THREAD, '-o', scores]);
    const script = join(PROJECT_ROOT, 'scripts', 'draw-scores.mjs');
    await promisify(execFile)(process.execPath, [script, scores, picture]);

    const now = marksOf(await readFile(picture, 'utf8'));
    const kept = marksOf(await readFile(join(PROJECT_ROOT, 'docs/images/scores.svg'), 'utf8'));
    expect(kept.map(({ kind }) => kind)).toEqual(now.map(({ kind }) => kind));
    for (const [i, { x, y }] of kept.entries()) {
      expect(Math.abs(x - now[i]!.x), `mark ${i}`).toBeLessThan(TOLERANCE);
      expect(Math.abs(y - now[i]!.y), `mark ${i}`).toBeLessThan(TOLERANCE);
    }
  });
});
