import type { SampleRow } from '../dataset/row.js';
import type { ProposalSource } from './proposal.js';
import { type RowStory, variantSample } from './row-story.js';
import { settleAll } from './settle-all.js';

/**
 * The first version of the method: the instruction is reflected, then the response to what came of it, and the
 * result is kept unseen. Where a reflection fails, what was there stays.
 */
export function reflectEverything(
  rows: readonly SampleRow[],
  proposals: ProposalSource,
): Promise<readonly RowStory[]> {
  return settleAll(rows.map((row) => reflectRow(row, proposals)));
}

async function reflectRow(row: SampleRow, source: ProposalSource): Promise<RowStory> {
  const instruction = await source.propose(row, 'instruction', row.sample);
  const base = instruction.kind === 'candidate' ? instruction.sample : row.sample;
  const reflected = instruction.kind === 'candidate' ? 'both' : 'response';
  const proposals = { instruction, [reflected]: await source.propose(row, reflected, base) };
  const [outcome = 'original'] = (['both', 'response', 'instruction'] as const).filter(
    (variant) => variantSample(row, proposals, variant) !== undefined,
  );
  const evidence = { scores: {}, steps: [] };
  return { row, decision: { kind: 'selected', outcome, evidence }, proposals, scores: {} };
}
