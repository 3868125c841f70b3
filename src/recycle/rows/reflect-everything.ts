import type { SampleRow } from '../../dataset/row.js';
import { settleAll } from '../../util/settle-all.js';
import type { ReflectionSource } from '../reflections/reflection.js';
import { type DecidedRow, variantSample } from './decided-row.js';

/**
 * The first version of the method: the instruction is reflected, then the response to what came of it, and the
 * result is kept unseen. Where a reflection fails, what was there stays.
 */
export function reflectEverything(
  rows: readonly SampleRow[],
  reflections: ReflectionSource,
): Promise<readonly DecidedRow[]> {
  return settleAll(rows.map((row) => reflectRow(row, reflections)));
}

async function reflectRow(row: SampleRow, source: ReflectionSource): Promise<DecidedRow> {
  const instruction = await source.reflect(row, 'instruction', row.sample);
  const base = instruction.kind === 'candidate' ? instruction.sample : row.sample;
  const reflected = instruction.kind === 'candidate' ? 'both' : 'response';
  const reflections = { instruction, [reflected]: await source.reflect(row, reflected, base) };
  const [outcome = 'original'] = (['both', 'response', 'instruction'] as const).filter(
    (variant) => variantSample(row, reflections, variant) !== undefined,
  );
  const evidence = { scores: {}, steps: [] };
  return { row, decision: { kind: 'selected', outcome, evidence }, reflections, scores: {} };
}
