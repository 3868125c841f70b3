import { join } from 'node:path';
import { scoreDataset } from 'reflection-tuning';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { writeShortRows } from './short-rows.js';
import type { Measured, TrialTask } from './task.js';

/** Parts of a long run that are looked at one by one. */
export const LONG_RUN_PARTS = 10;

/**
 * The `score` command over `rows.count` short rows. Its facts are the tokens a second of each tenth of the run, so that
 * one that grows slower as it goes on shows it.
 */
export async function longRun({ model, threads, rows, metrics }: TrialTask): Promise<Measured> {
  return inTemporaryFolder(async (folder) => {
    const dataset = join(folder, 'rows.jsonl');
    await writeShortRows(rows.data, rows.count, dataset);
    const marks: { readonly time: number; readonly tokens: number }[] = [];
    const result = await scoreDataset({
      dataset,
      output: join(folder, 'scores.jsonl'),
      ...{ student: model, threads, device: 'cpu', checkFile: false },
      metrics,
      onStart: () => marks.push({ time: performance.now(), tokens: 0 }),
      onProgress({ rows: done, tokens }) {
        const isMark = done >= (marks.length * rows.count) / LONG_RUN_PARTS && marks.length <= LONG_RUN_PARTS;
        if (isMark) marks.push({ time: performance.now(), tokens });
      },
    });
    if (result.kind === 'complete') throw new Error('a fresh folder held a finished run');
    const speeds = marks.slice(1).map(({ time, tokens }, part) => {
      const before = marks[part]!;
      return (tokens - before.tokens) / ((time - before.time) / 1000);
    });
    return {
      seconds: result.seconds,
      tokens: result.logicalTokens,
      rows: rows.count,
      losses: [],
      facts: Object.fromEntries(speeds.map((speed, part) => [`tokensPerSecond${part + 1}`, speed])),
    };
  });
}
