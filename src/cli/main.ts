#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { PACKAGE_VERSION } from '../util/package-version.js';
import { compareCommand } from './commands/compare.js';
import { doctorCommand } from './commands/doctor.js';
import { estimateCommand } from './commands/estimate.js';
import { explainCommand } from './commands/explain.js';
import { inspectCommand } from './commands/inspect.js';
import { reflectCommand } from './commands/reflect.js';
import { reportCommand } from './commands/report.js';
import { runCommand } from './commands/run.js';
import { scoreCommand } from './commands/score.js';
import { selectCommand } from './commands/select.js';
import { statusCommand } from './commands/status.js';
import { teacherCheckCommand } from './commands/teacher-check.js';
import { reportFailure } from './report-failure.js';

const program = new Command('reflection-tuning')
  .description('Scores and recycles instruction-tuning data by what a student model can learn from it.')
  .version(PACKAGE_VERSION)
  .showHelpAfterError('run with --help to see the options')
  .exitOverride()
  .addCommand(runCommand())
  .addCommand(reflectCommand())
  .addCommand(scoreCommand())
  .addCommand(estimateCommand())
  .addCommand(selectCommand())
  .addCommand(compareCommand())
  .addCommand(inspectCommand())
  .addCommand(reportCommand())
  .addCommand(statusCommand())
  .addCommand(explainCommand())
  .addCommand(teacherCheckCommand())
  .addCommand(doctorCommand());
for (const command of program.commands) command.copyInheritedSettings(program);

// whoever reads our output may leave early (`| head`): that must not end a run
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  // help and version are "errors" that have been printed; so are wrong flags
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}
