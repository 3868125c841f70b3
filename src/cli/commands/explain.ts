import { Command } from 'commander';
import { readAudit } from '../../recycle/read-audit.js';
import { renderAudit } from '../../recycle/render-audit.js';

export function explainCommand(): Command {
  return new Command('explain')
    .description('tell the story of one row of a finished run')
    .argument('<run-dir>', 'the run directory')
    .argument('<row>', 'the row’s own id, or its number from 1 on')
    .action(async (directory: string, row: string) => {
      process.stdout.write(renderAudit(await readAudit(directory, row)));
    });
}
