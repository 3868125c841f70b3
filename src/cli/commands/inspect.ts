import { styleText } from 'node:util';
import { Command } from 'commander';
import { inspectDataset } from '../../pipeline/inspect-dataset.js';
import { BRACKETS, type Emphasis, renderInspection } from '../../report/render-inspection.js';
import { interruptible } from '../interruptible.js';
import { addOptions, givenOptions } from '../options/add-options.js';
import { oneOrSeveral } from '../options/one-or-several.js';

const COLOURS: Emphasis = {
  target: (text) => styleText(['bold', 'green'], text, { validateStream: false }),
  template: (text) => styleText('dim', text, { validateStream: false }),
};

export function inspectCommand(): Command {
  const command = addOptions(new Command('inspect'), 'inspect').description(
    'say what is in a dataset: layout, roles, lengths, what cannot be scored, and rows as the student sees them',
  );
  return command.action(async (dataset: readonly string[]) => {
    const { json, ...options } = givenOptions(command);
    const inspection = await interruptible((signal) =>
      inspectDataset({ ...options, dataset: oneOrSeveral(dataset)!, signal }),
    );
    if (json === true) process.stdout.write(`${JSON.stringify(inspection, orNull, 2)}\n`);
    else process.stdout.write(renderInspection(inspection, hasColours() ? COLOURS : BRACKETS));
  });
}

function hasColours(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors() && !process.env.NO_COLOR;
}

/** JSON leaves undefined out; a reader should find every figure, if only as null. */
function orNull(_: string, value: unknown): unknown {
  return value ?? null;
}
