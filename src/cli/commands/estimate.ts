import { Command } from 'commander';
import { printEstimate } from '../dry-run.js';
import { addOptions } from '../options/add-options.js';
import { oneOrSeveral } from '../options/one-or-several.js';
import { readSettings } from '../options/read-settings.js';

export function estimateCommand(): Command {
  const command = addOptions(new Command('estimate'), 'estimate').description(
    'say what scoring a dataset, or with a teacher recycling it, would take: tokens, time, memory, money',
  );
  return command.action(async (dataset: readonly string[]) => {
    const settings = await readSettings('estimate', command, { dataset: oneOrSeveral(dataset) });
    await printEstimate(settings, command.opts<{ readonly json?: true }>().json);
  });
}
