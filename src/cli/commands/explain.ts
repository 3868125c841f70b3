import { Command } from 'commander';
import { readAudit } from '../../recycle/outputs/read-audit.js';
import { renderAudit } from '../../report/render-audit.js';
import { interruptible } from '../interruptible.js';

export function explainCommand(): Command {
  return new Command('explain')
    .description('say how one row of a finished run was decided, and why')
    .argument('<run-dir>', 'the run directory')
    .argument('<row>', 'the row’s own id, or its number from 1 on')
    .action(async (directory: string, row: string) => {
      const audit = await interruptible((signal) => readAudit(directory, row, { signal }));
      process.stdout.write(renderAudit(audit));
    });
}
