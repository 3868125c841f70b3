import { Command } from 'commander';
import { STANDARD_OUTPUT } from '../../options/default-output.js';
import { renderSelection } from '../../report/render-selection.js';
import { select } from '../../select/select.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';
import { readSettings } from '../options/read-settings.js';

export function selectCommand(): Command {
  const command = addOptions(new Command('select'), 'select').description(
    'select from scored files, without a model',
  );
  return command.action(async () => {
    const settings = await readSettings('select', command);
    const result = await interruptible((signal) => select({ ...settings, signal }));
    // rows have standard output to themselves
    const stream = settings.output === STANDARD_OUTPUT ? process.stderr : process.stdout;
    stream.write(renderSelection(result));
  });
}
