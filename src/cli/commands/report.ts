import { Command } from 'commander';
import { type ReportOptions, report } from '../../page/report.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';

interface ReportFlags extends ReportOptions {
  readonly json?: true;
}

/** The page that is written unless something else is asked for. */
const DEFAULT_OUTPUT = 'report.html';

export function reportCommand(): Command {
  const command = new Command('report')
    .description('make a page of what is in scored files and finished runs: figures, and rows to look at')
    .argument('<source...>', 'scored files, as `score` writes them, and run directories');
  return addOptions(command, 'report').action(async (sources: string[], { json, ...flags }: ReportFlags) => {
    const isElse = json === true || flags.figures !== undefined;
    const output = flags.output ?? (isElse ? undefined : DEFAULT_OUTPUT);
    const { files, notes, ...numbers } = await interruptible((signal) =>
      report(sources, { ...flags, output, signal }),
    );
    for (const note of notes) console.error(`note: ${note}`);
    // numbers have standard output to themselves
    const say = (line: string) => (json ? console.error(line) : console.log(line));
    for (const file of files) say(`written: ${file}`);
    if (json) process.stdout.write(`${JSON.stringify(numbers, null, 2)}\n`);
  });
}
