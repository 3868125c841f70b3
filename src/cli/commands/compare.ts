import { Command } from 'commander';
import { compareScores } from '../../comparison/compare-scores.js';
import { renderComparison } from '../../report/render-comparison.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';

interface CompareFlags {
  readonly joinBy?: string;
  readonly json?: true;
}

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('say how alike two scorings of one dataset are: ranks, top shares, decisions')
    .argument('<a>', 'scores of a dataset, as `score` writes them')
    .argument('<b>', 'other scores of it, e.g. by a quantized student');
  return addOptions(command, 'compare').action(
    async (a: string, b: string, { joinBy, json }: CompareFlags) => {
      const comparison = await interruptible((signal) => compareScores(a, b, { joinBy, signal }));
      process.stdout.write(
        json ? `${JSON.stringify(comparison, orNull, 2)}\n` : renderComparison(comparison),
      );
    },
  );
}

/** JSON leaves undefined out; a reader should find every figure, if only as null. */
function orNull(_: string, value: unknown): unknown {
  return value ?? null;
}
