import { Command } from 'commander';
import { runStatus } from '../../recycle/run/run-status.js';
import { renderStatus } from '../../report/render-status.js';

export function statusCommand(): Command {
  return new Command('status')
    .description('say how far a run is, also while it goes on')
    .argument('<run-dir>', 'the run directory')
    .action(async (directory: string) => {
      process.stdout.write(renderStatus(await runStatus(directory)));
    });
}
