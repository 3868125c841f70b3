import type { Command } from 'commander';
import { type EstimateOptions, estimate } from '../estimate/estimate.js';
import type { AnyOptions } from '../options/applicability.js';
import { libraryNames } from '../options/option-schema.js';
import { renderEstimate } from '../report/render-estimate.js';
import { pick } from '../util/pick.js';
import { interruptible } from './interruptible.js';

/** Whether a command is only to say what it would take. */
export function isDryRun(command: Command): boolean {
  return command.opts<{ readonly dryRun?: true }>().dryRun === true;
}

/** Estimates what a command with these settings would take, and says so. */
export async function printEstimate(
  settings: AnyOptions & Pick<EstimateOptions, 'dataset' | 'student'>,
  isJson = false,
): Promise<void> {
  const { dataset, student } = settings;
  const options = { ...pick(settings, libraryNames('estimate')), dataset, student };
  const result = await interruptible((signal) => estimate({ ...options, signal }));
  process.stdout.write(isJson ? `${JSON.stringify(result, null, 2)}\n` : renderEstimate(result));
}
